using TrendVault.Core.Work;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Uploads;

[Collection(Alone.Name)]
public sealed class LargeUploadTests : IClassFixture<TestDatabase>, IClassFixture<GoogleSandbox>
{
    private readonly TestDatabase _database;
    private readonly GoogleSandbox _sandbox;

    public LargeUploadTests(TestDatabase database, GoogleSandbox sandbox)
    {
        (_database, _sandbox) = (database, sandbox);
        sandbox.Reset();
    }

    [Theory]
    [InlineData("google")]
    [InlineData("tiktok")]
    public async Task An_upload_is_never_held_in_memory(string provider)
    {
        await using var rig = await UploadRig.StartAsync(_database, _sandbox);
        var given = await rig.GivenAsync(12 * UploadRig.TikTokChunk, provider);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;

        var id = await rig.UploadAsync(given);
        await rig.BecomesAsync(
            given,
            id,
            row =>
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
                return row.Status == WorkStatus.Completed;
            },
            "the upload is completed");

        Assert.True(most < given.Bytes / 3, $"{most} of {given.Bytes} bytes were held.");
    }
}
