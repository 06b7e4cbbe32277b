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
# A distribution's yt-dlp is years too old: the image carries a current one, and the JavaScript runtime that YouTube asks for.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap ffmpeg python3 python3-venv tini util-linux \
    && python3 -m venv /opt/ytdlp \
    && /opt/ytdlp/bin/pip install --no-cache-dir "yt-dlp[default,curl-cffi]>=2026.7.4" \
    && rm -rf /var/lib/apt/lists/*
COPY --from=denoland/deno:bin /deno /usr/local/bin/deno
WORKDIR /app
COPY --from=build /app .
ENV ASPNETCORE_ENVIRONMENT=Production \
    DATA_DIR=/data \
    YTDLP_PATH=/opt/ytdlp/bin/yt-dlp
RUN mkdir /data && chown app:app /data
VOLUME /data
USER app
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/opt/ytdlp/bin/python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:%s/health/live' % os.environ.get('PORT', '8080'), timeout=4)"]
# An init that reaps what yt-dlp and ffmpeg leave behind.
ENTRYPOINT ["tini", "--", "dotnet", "TrendVault.Web.dll"]
