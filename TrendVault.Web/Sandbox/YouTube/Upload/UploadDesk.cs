using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Catalogue;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.VideoSite;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>
/// Takes uploads in and keeps what came. The bytes go straight to a file; its length is how far the upload is, so that not even a
/// kill of the process makes the two differ.
/// </summary>
internal sealed class UploadDesk(SandboxOptions options, SandboxState state, SandboxFaults faults, TimeProvider time)
{
    /// <summary>Only whole ones of these are kept of a chunk that breaks off.</summary>
    public const int Granule = 256 * 1024;

    private static readonly TimeSpan LimitLasts = TimeSpan.FromHours(24);

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(options.DataFolder, "uploads")).FullName;
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new();

    public UploadSession Start(string channelId, VideoMetadata metadata, long? total)
    {
        if (faults.Switches.UploadPrivacy is { } privacy)
            metadata = metadata with { PrivacyStatus = privacy, PublishAt = null };
        var session = new UploadSession
        {
            Id = "xa" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(48)),
            ChannelId = channelId,
            Metadata = metadata,
            StartedAt = time.GetUtcNow(),
            Total = total,
        };
        state.Change(saved => saved.Uploads.Add(session));
        return session;
    }

    public UploadSession? FindSession(string? id) => state.Read(saved => saved.Uploads.Find(session => session.Id == id && !session.Cancelled));

    public UploadedVideo? Find(string id) => state.Read(saved => saved.Videos.Find(video => video.Id == id));

    /// <summary>The newest first.</summary>
    public IReadOnlyList<UploadedVideo> OfChannel(string? channelId) => state.Read(saved =>
        saved.Videos.Where(video => video.ChannelId == channelId).OrderByDescending(video => video.UploadedAt).ToList());

    /// <summary>Null for a file that was let go after hashing.</summary>
    public string? FileOf(UploadedVideo video) => video.HasMedia ? Path.Combine(_folder, video.Id + ".media") : null;

    public string ThumbnailFileOf(string videoId) => Path.Combine(_folder, videoId + ".thumbnail");

    public long StoredOf(UploadSession session)
    {
        if (session.VideoId is not null)
            return session.Total ?? 0;
        var file = new FileInfo(PartOf(session));
        return file.Exists ? file.Length : 0;
    }

    /// <summary>One request at a time per session; false while another one is still being read.</summary>
    public async Task<bool> TryEnterAsync(UploadSession session, CancellationToken ct) =>
        await _gates.GetOrAdd(session.Id, _ => new SemaphoreSlim(1, 1)).WaitAsync(TimeSpan.FromSeconds(5), ct);

    public void Leave(UploadSession session) => _gates[session.Id].Release();

    public void NoteQuery(UploadSession session) => state.Change(_ => session.Queries++);

    public void Cancel(UploadSession session)
    {
        state.Change(_ => session.Cancelled = true);
        File.Delete(PartOf(session));
    }

    /// <summary>Appends a body to what is there. Answers how much is stored now.</summary>
    /// <param name="expected">The size of the whole chunk; what a shorter body leaves behind is cut to whole granules.</param>
    public async Task<long> AppendAsync(UploadSession session, Stream body, long? expected, long? keep, CancellationToken ct)
    {
        var before = StoredOf(session);
        var received = 0L;
        await using (var file = new FileStream(PartOf(session), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true))
        {
            file.Seek(before, SeekOrigin.Begin);
            try
            {
                var buffer = new byte[128 * 1024];
                int read;
                while ((read = await body.ReadAsync(buffer, ct)) > 0)
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
                    received += read;
                }
            }
            finally
            {
                var whole = received == expected || (expected is null && !ct.IsCancellationRequested);
                var kept = Math.Min(keep ?? long.MaxValue, received);
                if (!whole || keep is not null)
                    kept -= kept % Granule;
                file.SetLength(before + kept);
                state.Change(_ =>
                {
                    session.Puts++;
                    session.Received += received;
                });
            }
        }

        return StoredOf(session);
    }

    public async Task<UploadedVideo> FinishAsync(UploadSession session, CancellationToken ct)
    {
        var id = Ids.Text(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        var file = new FileInfo(PartOf(session));
        string sha256;
        await using (var bytes = file.OpenRead())
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, ct));
        var size = file.Length;
        var keep = size <= options.KeepUploadsUpTo;
        var duration = size > 0 ? await Ffmpeg.DurationOfAsync(file.FullName, ct) : null;
        if (keep)
            file.MoveTo(Path.Combine(_folder, id + ".media"), overwrite: true);
        else
            file.Delete();

        var now = time.GetUtcNow();
        var video = new UploadedVideo
        {
            Id = id,
            ChannelId = session.ChannelId,
            Metadata = session.Metadata,
            Bytes = size,
            Sha256 = sha256,
            UploadedAt = now,
            ProcessedAt = now + options.ProcessingTime,
            EndsAs = size == 0 ? "failed" : faults.Switches.ProcessingEnds,
            EndReason = size == 0 ? "emptyFile" : faults.Switches.ProcessingReason,
            Duration = duration,
            HasMedia = keep,
        };
        return state.Change(saved =>
        {
            session.VideoId = id;
            session.Total = size;
            saved.Videos.Add(video);
            return video;
        });
    }

    /// <summary>Who may see a video now.</summary>
    public string PrivacyOf(UploadedVideo video) => faults.Switches.HoldScheduled ? video.Metadata.PrivacyStatus : video.PrivacyAt(time.GetUtcNow());

    /// <summary>From now on the channel takes no uploads for a day.</summary>
    public void Limit(string channelId) => state.Change(saved => saved.UploadLimits[channelId] = time.GetUtcNow() + LimitLasts);

    /// <summary>False while the channel takes no uploads.</summary>
    public bool Takes(string channelId) => state.Read(saved => saved.UploadLimits.GetValueOrDefault(channelId) <= time.GetUtcNow());

    /// <summary>One that comes before the video is processed is taken and lost, as YouTube may do.</summary>
    public void SetThumbnail(UploadedVideo video, byte[] image)
    {
        if (video.UploadStatusAt(time.GetUtcNow()) != "processed")
            return;
        File.WriteAllBytes(ThumbnailFileOf(video.Id), image);
        state.Change(_ => video.ThumbnailSha256 = Convert.ToHexStringLower(SHA256.HashData(image)));
    }

    public void SetWatermark(string channelId, byte[] image) =>
        state.Change(saved => saved.Watermarks[channelId] = Convert.ToHexStringLower(SHA256.HashData(image)));

    public UploadLedger Ledger() => state.Read(saved => new UploadLedger(
        [.. saved.Uploads.Select(session => new LedgerSession(session.Id, session.ChannelId, session.Metadata.Title, session.Total, StoredOf(session), session.Received, session.Puts, session.Queries, session.VideoId))],
        [.. saved.Videos.Select(video => new LedgerVideo(video.Id, video.ChannelId, video.Metadata.Title, video.Metadata.Description, video.Metadata.Tags,
            PrivacyOf(video), video.Metadata.PublishAt, video.Bytes, video.Sha256, video.UploadStatusAt(time.GetUtcNow()), video.ThumbnailSha256, video.Metadata.SelfDeclaredMadeForKids, video.Metadata.License))],
        new Dictionary<string, string>(saved.Watermarks)));

    private string PartOf(UploadSession session) => Path.Combine(_folder, session.Id[..24] + ".part");
}
