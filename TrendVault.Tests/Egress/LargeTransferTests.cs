using System.Security.Cryptography;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Egress;

[Collection(Alone.Name)]
public sealed class LargeTransferTests
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_transfer_streams_through_the_guard_in_little_memory(bool isSecure)
    {
        const int Blocks = 200;
        var block = RandomNumberGenerator.GetBytes(Megabyte);
        await using var site = await LocalSite.StartAsync(
            async context =>
            {
                context.Response.ContentLength = (long)Blocks * Megabyte;
                for (var i = 0; i < Blocks; i++)
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
            },
            isSecure);
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);
        using var client = guard.CreateClient();

        await using var content = new WatchedStream(await client.GetStreamAsync(site.Address, TestContext.Current.CancellationToken));
        var digest = await SHA256.HashDataAsync(content, TestContext.Current.CancellationToken);

        Assert.Equal(DigestOf(block, Blocks), digest);
        Assert.InRange(content.Growth, 0, 40 * Megabyte);
    }

    private static byte[] DigestOf(byte[] block, int times)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < times; i++)
            hash.AppendData(block);
        return hash.GetHashAndReset();
    }
}
