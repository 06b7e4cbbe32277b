using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Auth;
using TrendVault.Core.Downloads;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Look;

/// <summary>A class fixture: an app whose user has used everything, so that every page has something to show.</summary>
public sealed class FurnishedApp(TestServers servers) : ConnectApp(servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal User User { get; private set; } = null!;

    /// <summary>A finished download.</summary>
    public Guid Done { get; private set; }

    /// <summary>One that found no video.</summary>
    public Guid Failed { get; private set; }

    /// <summary>One that outlasts every test.</summary>
    public Guid Running { get; private set; }

    /// <summary>An upload whose title YouTube did not take, and which can be changed.</summary>
    public Guid Refused { get; private set; }

    /// <summary>The account whose channel the finished download went to.</summary>
    public Guid AccountId { get; private set; }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        User = await this.GivenUserAsync();
        Done = await DownloadAsync("media/clip.mp4");
        Failed = await DownloadAsync("");
        Running = await DownloadAsync("media/clip.mp4?rate=1000");
        var channel = await GivenChannelAsync(User);
        AccountId = channel.ConnectedAccountId;
        // The pages are those of a stranger at Google from here on.
        Sandbox.Faults.Switches = Sandbox.Faults.Switches with { ConsentAs = null };
        await BecomesAsync(Done, WorkStatus.Completed);
        await PublishAsync(channel.Id, WorkStatus.Completed);
        Sandbox.Faults.Order(new FaultOrder { Path = "/upload/youtube/v3/videos", Method = "POST", Status = 400, Reason = "invalidTitle" });
        Refused = await PublishAsync(channel.Id, WorkStatus.Failed);
        await Services.GetRequiredService<DraftStore>().SaveAsync(User.Id, Done, """{"Title": "Begun"}""", key: "", Token);
        await BecomesAsync(Failed, WorkStatus.Failed);
        await BecomesAsync(Running, WorkStatus.Running);
    }

    public override async ValueTask DisposeAsync()
    {
        // What runs would be given its time to end.
        await Services.GetRequiredService<DownloadService>().CancelAsync(User.Id, Running, CancellationToken.None);
        await base.DisposeAsync();
    }

    private async Task<Guid> DownloadAsync(string path)
    {
        var request = new DownloadRequest
        {
            Url = new Uri(Sandbox.Address, path).ToString(),
            Format = "best",
            Title = "A film with a name that is long enough to be told in two lines where there is little room for it",
            CreatorName = "Somebody",
            Licence = "creativeCommon",
            ThumbnailUrl = new Uri(Sandbox.Address, "vi/aaaaaaaaaaa/mqdefault.jpg").ToString(),
        };
        return Assert.IsType<StartOutcome.Started>(await Services.GetRequiredService<DownloadService>().StartAsync(User.Id, request, Token)).DownloadId;
    }

    private Task BecomesAsync(Guid id, WorkStatus status) => Eventually.TrueAsync(
        async () => (await Services.GetRequiredService<DownloadStore>().FindAsync(User.Id, id, Token))?.Status == status,
        $"the download is {status}",
        TimeSpan.FromSeconds(60));

    private async Task<Guid> PublishAsync(Guid channelId, WorkStatus status)
    {
        var request = new UploadRequest
        {
            DownloadId = Done,
            ChannelIds = [channelId],
            Draft = new PublishDraft { Title = "A film of my own", Privacy = VideoPrivacy.Public },
            RightsStatement = UploadService.RightsStatement,
        };
        var started = Assert.IsType<StartUploadOutcome.Started>(await Services.GetRequiredService<UploadService>().StartAsync(User.Id, request, Token));
        await Eventually.TrueAsync(
            async () => (await Services.GetRequiredService<UploadStore>().FindAsync(User.Id, started.UploadIds[0], Token))?.Status == status,
            $"the upload is {status}",
            TimeSpan.FromSeconds(60));
        return started.UploadIds[0];
    }
}
