# syntax=docker/dockerfile:1

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY TrendVault.Core/TrendVault.Core.csproj TrendVault.Core/packages.lock.json TrendVault.Core/
COPY TrendVault.Web/TrendVault.Web.csproj TrendVault.Web/packages.lock.json TrendVault.Web/
RUN dotnet restore TrendVault.Web --locked-mode
COPY db db
COPY TrendVault.Core TrendVault.Core
COPY TrendVault.Web TrendVault.Web
RUN dotnet publish TrendVault.Web -c Release -o /app --no-restore

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# The keyring and the modules are for a yt-dlp of Debian's newer suites, where PyPI cannot be reached.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap debian-archive-keyring ffmpeg python3 python3-venv tini util-linux \
       python3-brotli python3-certifi python3-mutagen python3-pycryptodome python3-requests python3-urllib3 python3-websockets \
    && rm -rf /var/lib/apt/lists/*
COPY --from=denoland/deno:bin /deno /usr/local/bin/deno
# A distribution's yt-dlp is years too old: the image carries a current one, and the JavaScript runtime that YouTube asks for.
COPY .ci/ytdlp.sh /tmp/ytdlp.sh
RUN bash /tmp/ytdlp.sh /opt && rm -rf /tmp/ytdlp.sh /root/.cache
WORKDIR /app
COPY --from=build /app .
ENV ASPNETCORE_ENVIRONMENT=Production \
    DATA_DIR=/data \
    YTDLP_PATH=/opt/ytdlp/current/bin/yt-dlp
RUN mkdir /data && chown app:app /data
VOLUME /data
USER app
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python3", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:%s/health/live' % os.environ.get('PORT', '8080'), timeout=4)"]
# An init that reaps what yt-dlp and ffmpeg leave behind.
ENTRYPOINT ["tini", "--", "dotnet", "TrendVault.Web.dll"]
