"""Google's Python client: a resumable upload in chunks, its pause after a fault, and what is set beside it.

The description of the API (youtube.json) is Google's own, cut to the methods used here: the client would otherwise ask Google for it.
"""

import hashlib
import io
import json
import os
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request

from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.http import MediaIoBaseUpload

SANDBOX = os.environ["SANDBOX_URL"]
GRANULE = 256 * 1024
FILM = os.urandom(3 * GRANULE + 12345)
SCOPES = ["openid", "email", "https://www.googleapis.com/auth/youtube.upload", "https://www.googleapis.com/auth/youtube.readonly"]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(path, method="GET", data=None, content_type="application/json"):
    request = urllib.request.Request(urllib.parse.urljoin(SANDBOX, path), data=data, method=method, headers={"Content-Type": content_type})
    try:
        with urllib.request.build_opener(NoRedirect).open(request) as answer:
            return answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        if error.code != 302:
            raise
        return error.headers, b""


def sign_in():
    ask("_sandbox/switches", "PUT", json.dumps({"consentAs": "ada@example.com"}).encode())
    query = urllib.parse.urlencode({
        "client_id": os.environ["GOOGLE_CLIENT_ID"], "redirect_uri": os.environ["REDIRECT_URI"], "response_type": "code",
        "scope": " ".join(SCOPES), "access_type": "offline", "prompt": "consent",
    })
    headers, _ = ask(os.environ["GOOGLE_AUTH_URL"] + "?" + query)
    ask("_sandbox/switches", "PUT", b"{}")
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["Location"]).query)["code"][0]
    form = urllib.parse.urlencode({
        "code": code, "client_id": os.environ["GOOGLE_CLIENT_ID"], "client_secret": os.environ["GOOGLE_CLIENT_SECRET"],
        "redirect_uri": os.environ["REDIRECT_URI"], "grant_type": "authorization_code",
    })
    _, body = ask(os.environ["GOOGLE_TOKEN_URL"], "POST", form.encode(), "application/x-www-form-urlencoded")
    return json.loads(body)


def client(token):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "youtube.json")) as file:
        api = json.load(file)
    api["rootUrl"] = SANDBOX
    credentials = Credentials(
        token, refresh_token=TOKENS["refresh_token"], token_uri=os.environ["GOOGLE_TOKEN_URL"],
        client_id=os.environ["GOOGLE_CLIENT_ID"], client_secret=os.environ["GOOGLE_CLIENT_SECRET"])
    return build_from_document(api, credentials=credentials)


def insert(youtube, title, media):
    about = {"snippet": {"title": title, "categoryId": "22"}, "status": {"privacyStatus": "private", "selfDeclaredMadeForKids": False}}
    return youtube.videos().insert(part="snippet,status", body=about, media_body=media)


def ledger_of(video_id):
    _, body = ask("_sandbox/ledger")
    return next(video for video in json.loads(body)["videos"] if video["id"] == video_id)


def uploaded(request):
    """Chunk by chunk; answers the video and how far it was after each chunk."""
    answer, progress = None, []
    while answer is None:
        status, answer = request.next_chunk()
        if status:
            progress.append(status.resumable_progress)
    return answer, progress


def film(chunk, stream=None):
    return MediaIoBaseUpload(stream or io.BytesIO(FILM), "video/mp4", chunksize=chunk, resumable=True)


def comes_in_chunks():
    video, progress = uploaded(insert(client(TOKENS["access_token"]), "In chunks", film(GRANULE)))
    assert progress == [GRANULE, 2 * GRANULE, 3 * GRANULE], progress
    assert ledger_of(video["id"])["sha256"] == hashlib.sha256(FILM).hexdigest()


def comes_at_once():
    video, progress = uploaded(insert(client(TOKENS["access_token"]), "At once", film(-1)))
    assert progress == [], progress
    assert ledger_of(video["id"])["sha256"] == hashlib.sha256(FILM).hexdigest()


def goes_on_after_a_fault():
    order = {"path": "/upload/youtube/v3/videos", "method": "PUT", "skip": 1, "status": 503, "times": 1}
    ask("_sandbox/faults", "POST", json.dumps(order).encode())
    request = insert(client(TOKENS["access_token"]), "After a fault", film(GRANULE))
    answer, faults = None, 0
    while answer is None:
        try:
            _, answer = request.next_chunk()
        except Exception as error:
            assert error.resp.status == 503, error
            faults += 1
    assert faults == 1, faults
    assert ledger_of(answer["id"])["sha256"] == hashlib.sha256(FILM).hexdigest()


def goes_on_where_a_part_of_a_chunk_was_kept():
    order = {"path": "/upload/youtube/v3/videos", "method": "PUT", "keepOfChunk": GRANULE + 5}
    ask("_sandbox/faults", "POST", json.dumps(order).encode())
    video, progress = uploaded(insert(client(TOKENS["access_token"]), "In part", film(2 * GRANULE)))
    assert progress == [GRANULE, 3 * GRANULE], progress
    assert ledger_of(video["id"])["sha256"] == hashlib.sha256(FILM).hexdigest()


def comes_from_a_stream_without_length():
    class Endless(MediaIoBaseUpload):
        def size(self):
            return None

        def has_stream(self):
            return False

    media = Endless(io.BytesIO(FILM), "video/mp4", chunksize=GRANULE, resumable=True)
    video, _ = uploaded(insert(client(TOKENS["access_token"]), "Of unknown length", media))
    assert ledger_of(video["id"])["sha256"] == hashlib.sha256(FILM).hexdigest()


def is_refreshed():
    youtube = client("ya29.dead")
    channel = youtube.channels().list(part="snippet", mine=True).execute()
    assert channel["items"][0]["snippet"]["title"] == "Ada Drives", channel


def comes_in_one_request():
    media = MediaIoBaseUpload(io.BytesIO(FILM), "video/mp4")
    video = insert(client(TOKENS["access_token"]), "In one request", media).execute()
    assert ledger_of(video["id"])["sha256"] == hashlib.sha256(FILM).hexdigest()


# A thumbnail that comes earlier is taken, and lost without an error.
def await_processing(youtube, video_id):
    deadline = time.monotonic() + 60
    while True:
        found = youtube.videos().list(part="processingDetails", id=video_id).execute()["items"][0]
        if found["processingDetails"]["processingStatus"] == "succeeded":
            return
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


def has_pictures_set():
    youtube = client(TOKENS["access_token"])
    picture = b"\xff\xd8\xff\xe0" + os.urandom(4000)
    video, _ = uploaded(insert(youtube, "With a picture", film(-1)))
    await_processing(youtube, video["id"])
    media = MediaIoBaseUpload(io.BytesIO(picture), "image/jpeg")
    youtube.thumbnails().set(videoId=video["id"], media_body=media).execute()
    assert ledger_of(video["id"])["thumbnailSha256"] == hashlib.sha256(picture).hexdigest()
    channel = youtube.channels().list(part="id", mine=True).execute()["items"][0]["id"]
    timing = {"timing": {"type": "offsetFromStart", "offsetMs": "0", "durationMs": "15000"}}
    youtube.watermarks().set(channelId=channel, body=timing, media_body=MediaIoBaseUpload(io.BytesIO(picture), "image/jpeg")).execute()
    _, body = ask("_sandbox/ledger")
    assert json.loads(body)["watermarks"][channel] == hashlib.sha256(picture).hexdigest()


CHECKS = [
    ("a call with a dead token is refreshed and made again", is_refreshed),
    ("a file is uploaded in chunks", comes_in_chunks),
    ("a file is uploaded at once", comes_at_once),
    ("an upload goes on after a fault", goes_on_after_a_fault),
    ("an upload goes on where a part of a chunk was kept", goes_on_where_a_part_of_a_chunk_was_kept),
    ("a stream without a length is uploaded", comes_from_a_stream_without_length),
    ("a file is uploaded in one request", comes_in_one_request),
    ("a thumbnail and a watermark are set", has_pictures_set),
]

TOKENS = sign_in()
for name, run in CHECKS:
    try:
        run()
        print(f"passed: google-python: {name}", flush=True)
    except Exception:
        reason = " | ".join(traceback.format_exc().strip().splitlines()[-3:])
        print(f"failed: google-python: {name}: {reason}", flush=True)
