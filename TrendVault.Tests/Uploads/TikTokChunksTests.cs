using TrendVault.Core.TikTok;

namespace TrendVault.Tests.Uploads;

public sealed class TikTokChunksTests
{
    private const int Most = 64_000_000;

    [Theory]
    [InlineData(3_145_728, Most, 3_145_728, 1)]
    [InlineData(50_000_123, 10_000_000, 10_000_000, 5)]
    [InlineData(64_000_000, Most, 64_000_000, 1)]
    [InlineData(64_000_001, Most, 64_000_000, 1)]
    [InlineData(150_000_000, Most, 64_000_000, 2)]
    [InlineData(4_294_967_296, Most, 64_000_000, 67)]
    public void A_file_is_cut_as_tiktok_documents_it(long size, long most, long chunk, int count) =>
        Assert.Equal(new TikTokChunks(size, chunk, count), TikTokChunks.Of(size, most));

    [Fact]
    public void Any_size_is_covered_without_gap_and_within_tiktoks_limits()
    {
        var random = new Random(20261123);
        foreach (var size in Enumerable.Range(0, 2000).Select(i => i < 100 ? i + 1 : random.NextInt64(1, 4L << 30)))
        {
            var chunks = TikTokChunks.Of(size, Most);
            var (start, count) = (0L, 0);
            while (start < size)
            {
                var end = chunks.EndOf(start);
                Assert.InRange(end - start, 1, end == size ? 128_000_000 : Most);
                Assert.True(end == size || end - start >= 5_242_880, "no chunk but the last is small");
                (start, count) = (end, count + 1);
            }

            Assert.Equal((size, chunks.Count), (start, count));
            Assert.Equal(size / chunks.ChunkSize, chunks.Count);
            Assert.InRange(chunks.Count, 1, 1000);
        }
    }

    [Fact]
    public void Whatever_tiktok_has_stored_the_upload_goes_on_at_a_boundary_at_or_before_it()
    {
        var random = new Random(20261123);
        foreach (var _ in Enumerable.Range(0, 2000))
        {
            var chunks = TikTokChunks.Of(random.NextInt64(2, 1L << 30), Most);
            var stored = random.NextInt64(0, chunks.Size + 1);
            var next = chunks.From(stored);

            Assert.True(next <= stored + 1, "nothing is left out");
            Assert.True(next == chunks.Size || (next % chunks.ChunkSize == 0 && next / chunks.ChunkSize < chunks.Count), "it is where a chunk begins");
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9_999_999, 10_000_000)]
    [InlineData(10_000_000, 10_000_000)]
    [InlineData(15_000_000, 10_000_000)]
    [InlineData(40_000_000, 40_000_000)]
    [InlineData(50_000_000, 40_000_000)]
    [InlineData(50_000_122, 50_000_123)]
    [InlineData(50_000_123, 50_000_123)]
    public void The_number_of_bytes_and_the_last_ones_number_mean_the_same(long stored, long next) =>
        Assert.Equal(next, TikTokChunks.Of(50_000_123, 10_000_000).From(stored));

    [Theory]
    [InlineData("https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=2", true)]
    [InlineData("https://upload.us.tiktokapis.com/video/", true)]
    [InlineData("https://open.tiktokapis.com/video/", true)]
    [InlineData("http://open-upload.tiktokapis.com/video/", false)]
    [InlineData("https://open-upload.tiktokapis.com:8443/video/", false)]
    [InlineData("https://a@open-upload.tiktokapis.com/video/", false)]
    [InlineData("https://upload.a.b.tiktokapis.com/video/", false)]
    [InlineData("https://uploadxus.tiktokapis.com/video/", false)]
    [InlineData("https://open-upload.tiktokapis.com.example.org/video/", false)]
    [InlineData("https://localhost:8081/video/", false)]
    [InlineData("/video/", false)]
    [InlineData(null, false)]
    public void Bytes_go_to_tiktok_only(string? address, bool isTikToks) =>
        Assert.Equal(isTikToks, TikTokApi.IsUploadUrl(address, new Uri("https://open.tiktokapis.com/")));
}
