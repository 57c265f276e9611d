// The page of `lasegm live`: asks for the state four times a second; the picture is a stream.
"use strict";

const part = (id) => document.getElementById(id);
const fixed = (value, digits) => value.toFixed(digits);
const say = (id, text) => { if (part(id).textContent !== text) part(id).textContent = text; };
let names = "";

function frames(number) {
  return `${number} frame${number === 1 ? "" : "s"}`;
}

function legend(classes) {
  const now = classes.map((of) => of.name).join("\n");
  if (now !== names) {
    names = now;
    part("legend").replaceChildren(...classes.map((of) => {
      const row = document.createElement("li"), color = document.createElement("canvas");
      color.width = color.height = 1;
      const pen = color.getContext("2d");
      pen.fillStyle = `rgb(${of.color.join(",")})`;
      pen.fillRect(0, 0, 1, 1);
      row.append(color, of.name);
      return row;
    }));
  }
  classes.forEach((of, n) => part("legend").children[n].classList.toggle("seen", of.seen));
}

function age(of) {
  if (of.age_frames === null) return "none is finished yet";
  const so_far = `so far ${fixed(of.mean_age_frames, 1)} on average, ${of.worst_age_frames} at worst`;
  return `${frames(of.age_frames)} old, ${fixed(of.age_ms, 0)} ms; ${so_far}`;
}

function state(of) {
  const turn = of.turns > 1 ? `, for the ${of.turns}. time` : "";
  return of.state + (of.state === "ended" ? ": the video was to be shown once" : turn);
}

function show(of) {
  say("title", `${of.network} on ${of.video}`);
  say("state", state(of));
  say("age", age(of));
  say("latency", of.latency_ms === null ? "not timed yet"
    : `${fixed(of.latency_ms, 1)} ms, median of the last ${of.calls} calls, on ${of.device}`);
  say("k", of.k === null ? "not known yet" : `${of.k}: a prediction comes ${frames(of.k)} late`);
  say("camera", of.fps === null ? `${of.frames} frames`
    : `${fixed(of.fps, 1)} frames a second; ${of.frames} frames, ${of.predictions} predicted`);
  const missed = of.missed ? `; ${of.missed} came too late from the file to be shown` : "";
  say("dropped", `${of.dropped} frames that the network never saw${missed}`);
  say("button", of.state === "paused" ? "start" : "pause");
  part("button").disabled = ["ended", "stopped", "failed"].includes(of.state);
  if (part("notes").children.length !== of.notes.length) {
    part("notes").replaceChildren(...of.notes.map((note) => {
      const row = document.createElement("li");
      row.textContent = note;
      return row;
    }));
  }
  legend(of.classes);
}

async function ask(path, how) {
  try {
    const answer = await fetch(path, how);
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.json());
    return true;
  } catch {
    say("state", "the server has ended");
    part("button").disabled = true;
    return false;
  }
}

part("button").addEventListener("click", () => ask("pause", {
  method: "POST",
  headers: {"X-Lasegm": "1"},
  body: JSON.stringify({paused: part("button").textContent === "pause"}),
}));
part("picture").src = "stream";
(async () => { while (await ask("state")) await new Promise((wake) => setTimeout(wake, 250)); })();
