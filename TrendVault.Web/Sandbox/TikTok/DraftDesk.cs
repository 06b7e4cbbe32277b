using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>Takes drafts in and keeps what came: whole chunks in a file, and once it is complete only its SHA-256.</summary>
internal sealed class DraftDesk(SandboxOptions options, SandboxState state, SandboxFaults faults, TimeProvider time)
{
    private const string InInbox = "SEND_TO_USER_INBOX";

    private static readonly TimeSpan UploadUrlLife = TimeSpan.FromHours(1);

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(options.DataFolder, "drafts")).FullName;
    private readonly ConcurrentDictionary<string, Queue<DateTimeOffset>> _calls = new();

    /// <summary>False when the creator's token has called this so often within the last minute.</summary>
    public bool TryCall(string name, Creator creator, int most)
    {
        var calls = _calls.GetOrAdd($"{name} {creator.OpenId}", _ => new());
        lock (calls)
        {
            while (calls.TryPeek(out var oldest) && oldest <= time.GetUtcNow() - TimeSpan.FromMinutes(1))
                calls.Dequeue();
            if (calls.Count >= most)
                return false;
            calls.Enqueue(time.GetUtcNow());
            return true;
        }
    }

    /// <summary>Null when too many of the creator's drafts of the last day are not finished.</summary>
    public Draft? Begin(Creator creator, long size, long chunkSize, int chunks) => state.Change(saved =>
    {
        var since = time.GetUtcNow() - TimeSpan.FromDays(1);
        var pending = saved.Drafts.Count(known => known.OpenId == creator.OpenId && known.BegunAt > since && known.Status is not ("PUBLISH_COMPLETE" or "FAILED"));
        if (pending >= faults.Switches.PendingShares)
            return null;

        var draft = new Draft
        {
            PublishId = "v_inbox_file~v2." + Digits(),
            OpenId = creator.OpenId,
            UploadId = Digits(),
            UploadToken = RandomNumberGenerator.GetHexString(32, lowercase: true),
            BegunAt = time.GetUtcNow(),
            Size = size,
            ChunkSize = chunkSize,
            Chunks = chunks,
        };
        saved.Drafts.Add(draft);
        return draft;
    });

    public Draft? Find(string? publishId) => state.Read(saved => saved.Drafts.Find(draft => draft.PublishId == publishId));

    public Draft? FindUpload(string? uploadId) => state.Read(saved => saved.Drafts.Find(draft => draft.UploadId == uploadId));

    public bool IsExpired(Draft draft) => time.GetUtcNow() >= draft.BegunAt + UploadUrlLife;

    /// <summary>Keeps a whole chunk, and nothing of one that breaks off.</summary>
    public async Task AppendAsync(Draft draft, HttpContext context)
    {
        var (before, length, received) = (draft.Stored, draft.NextChunk, 0L);
        await using (var file = new FileStream(PartOf(draft), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true))
        {
            file.Seek(before, SeekOrigin.Begin);
            try
            {
                var buffer = new byte[128 * 1024];
                int read;
                while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
                    received += read;
                    if (before + received < draft.Size)
                        await faults.PassAsync(draft.HoldName, before + received, context);
                }
            }
            finally
            {
                state.Change(_ =>
                {
                    draft.Puts++;
                    draft.Received += received;
                    draft.ContentType = context.Request.ContentType;
                    draft.Stored = received == length ? before + length : before;
                });
                file.SetLength(draft.Stored);
            }
        }

        if (draft.Stored < draft.Size)
            return;
        await FinishAsync(draft);
        await faults.PassAsync(draft.HoldName, draft.Size, context);
    }

    /// <summary>What the status endpoint says now; asking moves a complete draft on.</summary>
    public Draft Poll(Draft draft) => state.Change(_ =>
    {
        if (draft is { Sha256: not null, Status: "PROCESSING_UPLOAD" } && draft.Polls++ >= faults.Switches.ProcessingPolls)
            (draft.Status, draft.FailReason) = faults.Switches.FailReason is { } reason ? ("FAILED", reason) : (InInbox, "");
        return draft;
    });

    /// <summary>As if the creators had finished and posted all drafts in the app, for everybody to see.</summary>
    public void FinishAll() => state.Change(saved =>
    {
        foreach (var draft in saved.Drafts)
            Post(draft, isPublic: true, seconds: 0);
    });

    /// <summary>As if its creator had finished and posted a draft in the app; false when it is in nobody's inbox.</summary>
    /// <param name="seconds">How long the post is: nobody here looks into films.</param>
    public bool Post(string publishId, bool isPublic, double seconds) =>
        state.Change(saved => saved.Drafts.Find(draft => draft.PublishId == publishId) is { } draft && Post(draft, isPublic, seconds));

    /// <summary>As if TikTok had taken a draft out of the inbox again; false when it is in nobody's.</summary>
    public bool End(string publishId, string reason) => state.Change(saved =>
    {
        if (saved.Drafts.Find(draft => draft.PublishId == publishId) is not { Status: InInbox } draft)
            return false;
        (draft.Status, draft.FailReason) = ("FAILED", reason);
        return true;
    });

    /// <summary>The post, as the status of its draft names it: public ones only, once TikTok has looked at them, and often never.</summary>
    public string? NamedPost(Draft draft) =>
        draft is { PostId: { } id, PostedAt: { } at } && time.GetUtcNow() - at >= TimeSpan.FromSeconds(faults.Switches.ModerationSeconds) ? id : null;

    /// <summary>A creator's public posts, newest first.</summary>
    public IReadOnlyList<Draft> Posts(Creator creator) => state.Read(saved => saved.Drafts
        .Where(draft => draft.OpenId == creator.OpenId && draft.PostId is not null)
        .OrderByDescending(draft => draft.PostedAt)
        .ToList());

    public IReadOnlyList<LedgerDraft> Ledger() => state.Read(saved => saved.Drafts
        .Select(draft => new LedgerDraft(
            draft.PublishId, draft.OpenId, draft.Size, draft.ChunkSize, draft.Stored, draft.Received, draft.Puts, draft.ContentType, draft.Sha256, draft.Status, draft.PostId))
        .ToList());

    private async Task FinishAsync(Draft draft)
    {
        string sha256;
        await using (var bytes = File.OpenRead(PartOf(draft)))
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes));
        File.Delete(PartOf(draft));
        state.Change(_ => draft.Sha256 = sha256);
    }

    private bool Post(Draft draft, bool isPublic, double seconds)
    {
        if (draft.Status != InInbox)
            return false;
        draft.Status = "PUBLISH_COMPLETE";
        draft.PostedAt = time.GetUtcNow();
        draft.PostId = isPublic ? Digits() : null;
        draft.Seconds = seconds;
        return true;
    }

    private string PartOf(Draft draft) => Path.Combine(_folder, draft.UploadId + ".part");

    private static string Digits() => RandomNumberGenerator.GetInt32(1_000_000_000).ToString("'7'000000000", CultureInfo.InvariantCulture)
        + RandomNumberGenerator.GetInt32(1_000_000_000).ToString("000000000", CultureInfo.InvariantCulture);
}
