"""What a smaller input costs FarSee-Net and the methods that its paper (003) compares it with."""
