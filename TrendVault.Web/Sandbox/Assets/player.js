// A player as small as can be, with the setup call that many sites have: the best film of the list, in the browser's own player.
function jwplayer(id) {
  return {
    setup(options) {
      const video = document.createElement("video");
      video.controls = true;
      video.poster = options.image;
      video.src = options.sources[0].file;
      video.append(
        ...(options.tracks ?? []).map(({ file, label }) => Object.assign(document.createElement("track"), { kind: "subtitles", src: file, srclang: label, label })),
      );
      document.getElementById(id).replaceChildren(video);
    },
  };
}
