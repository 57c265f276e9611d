# The companion on CPUs: docker build -t lasegm . && docker run -it --network host lasegm make explore
FROM python:3.11-slim

# g++ is what the engine torch.compile needs; hadolint asks for exact versions, which Debian takes away.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ git make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 reader \
    && install --directory --owner 1000 /lasegm

USER 1000
WORKDIR /lasegm
COPY --chown=1000 . .
RUN PIP_NO_CACHE_DIR=1 make setup CPU=1

CMD ["make", "help"]
