using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Uploads;

/// <summary>YouTube keeps the contract; its own bad days are in <see cref="UploadJobTests"/>.</summary>
public sealed class YouTubeUploaderTests : UploaderContract
{
    private readonly int _sessions;
    private readonly int _videos;

    public YouTubeUploaderTests(TestDatabase database, GoogleSandbox sandbox)
        : base(database, sandbox) =>
        (_sessions, _videos) = (sandbox.Server.Ledger.Sessions.Count, sandbox.Server.Ledger.Videos.Count);

    private protected override string Provider => "google";

    private protected override int Chunk => UploadRig.Chunk;

    private protected override string ChunkPath => "/upload/youtube/v3/videos";

    // The first PUT of a session asks how far it is.
    private protected override int Asking => 1;

    private protected override FaultOrder Refusal => new() { Path = ChunkPath, Method = "PUT", Skip = Asking + 1, Status = 401, Reason = "authError" };

    private protected override IReadOnlyList<string?> Videos => [.. Sandbox.Server.Ledger.Videos.Skip(_videos).Select(video => video.Sha256)];

    private protected override long Received => Sandbox.Server.Ledger.Sessions.Skip(_sessions).Sum(session => session.Received);

    private protected override long Stored => Sandbox.Server.Ledger.Sessions.Skip(_sessions).Sum(session => session.Stored);
}
