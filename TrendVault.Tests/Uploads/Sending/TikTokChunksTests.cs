using TrendVault.Core.TikTok;

namespace TrendVault.Tests.Uploads;

public sealed class TikTokChunksTests
{
    private const int Most = 64_000_000;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3_145_728, 3_145_728, 1)]
    [InlineData(50_000_123, 50_000_123, 1)]
    [InlineData(64_000_000, 64_000_000, 1)]
    [InlineData(64_000_001, 32_000_000, 2)]
    [InlineData(150_000_000, 50_000_000, 3)]
    [InlineData(4_294_967_296, 63_161_283, 68)]
    public void A_file_is_cut_into_equal_chunks(long size, long chunk, int count) =>
        Assert.Equal(new TikTokChunks(size, chunk, count), TikTokChunks.Of(size, Most));

    [Theory]
    [InlineData(3_145_728, 3_145_728, 1, "0-3145727")]
    [InlineData(50_000_123, 10_000_000, 5, "0-9999999 10000000-19999999 20000000-29999999 30000000-39999999 40000000-50000122")]
    [InlineData(64_000_001, 32_000_000, 2, "0-31999999 32000000-64000000")]
    [InlineData(150_000_000, 50_000_000, 3, "0-49999999 50000000-99999999 100000000-149999999")]
    public void The_last_chunk_takes_the_remainder(long size, long chunk, int count, string ranges) =>
        Assert.Equal(ranges, string.Join(' ', RangesOf(new TikTokChunks(size, chunk, count)).Select(range => $"{range.Start}-{range.End - 1}")));

    [Fact]
    public void The_last_chunk_of_the_largest_file_ends_with_it() =>
        Assert.Equal((4_231_805_961, 4_294_967_296), RangesOf(TikTokChunks.Of(4_294_967_296, Most))[^1]);

    [Fact]
    public void Any_size_is_covered_without_gap_and_within_tiktoks_limits()
    {
        foreach (var size in Sizes())
        {
            var chunks = TikTokChunks.Of(size, Most);
            var ranges = RangesOf(chunks);

            Assert.Equal((0L, size), (ranges[0].Start, ranges[^1].End));
            Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
            Assert.Equal((chunks.Count, size / chunks.ChunkSize), (ranges.Count, chunks.Count));
            Assert.Equal(size > Most, chunks.Count > 1);
            Assert.All(ranges.SkipLast(1), range => Assert.InRange(range.End - range.Start, TikTokChunks.Smallest, Most));
            Assert.InRange(ranges[^1].End - ranges[^1].Start - chunks.ChunkSize, 0, chunks.Count - 1);
            Assert.InRange(chunks.Count, 1, 1000);
        }
    }

    [Theory]
    [InlineData(5_242_880)]
    [InlineData(5_242_881)]
    [InlineData(10_000_000)]
    public void Smaller_chunks_stay_above_the_least_that_tiktok_takes(long most)
    {
        foreach (var size in Sizes())
        {
            var chunks = TikTokChunks.Of(size, most);
            Assert.Equal(size / chunks.ChunkSize, chunks.Count);
            Assert.True(chunks.Count == 1 ? chunks.ChunkSize == size : chunks.ChunkSize >= TikTokChunks.Smallest, $"{size} bytes are cut into {chunks.Count}");
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
        Assert.Equal(next, new TikTokChunks(50_000_123, 10_000_000, 5).From(stored));

    [Theory]
    [InlineData("https://open-upload-va.tiktokapis.com/upload?upload_id=67890&upload_token=Xza123", true)]
    [InlineData("https://open-upload-sg.tiktokapis.com/upload?upload_id=67890&upload_token=Xza123", true)]
    [InlineData("https://open-upload-i18n.tiktokapis.com/upload?upload_id=67890&upload_token=Xza123", true)]
    [InlineData("https://open-upload.us.tiktokapis.com/upload?upload_id=7256864558034569262&upload_token=810ec64d", true)]
    [InlineData("https://open-upload.tiktokapis.com/video/?upload_id=67890&upload_token=Xza123", true)]
    [InlineData("https://upload.us.tiktokapis.com/video/", true)]
    [InlineData("https://a.b.c.tiktokapis.com/any/path", true)]
    [InlineData("https://OPEN-UPLOAD.TikTokAPIs.com/upload", true)]
    [InlineData("https://open-upload.tiktokapis.com:443/upload", true)]
    [InlineData("https://tiktokapis.com/upload", true)]
    [InlineData("http://open-upload.tiktokapis.com/upload", false)]
    [InlineData("https://open-upload.tiktokapis.com:8443/upload", false)]
    [InlineData("https://a@open-upload.tiktokapis.com/upload", false)]
    [InlineData("https://open-upload.tiktokapis.com@example.org/upload", false)]
    [InlineData("https://eviltiktokapis.com/upload", false)]
    [InlineData("https://open-uploadxtiktokapis.com/upload", false)]
    [InlineData("https://open-upload.tiktokapis.com.example.org/upload", false)]
    [InlineData("https://open-upload.tiktokapis.com./upload", false)]
    [InlineData("https://example.org/open-upload.tiktokapis.com", false)]
    [InlineData("https://localhost:8081/upload", false)]
    [InlineData("/upload", false)]
    [InlineData(null, false)]
    public void Bytes_go_to_tiktok_only(string? address, bool isTikToks) =>
        Assert.Equal(isTikToks, TikTokApi.IsUploadUrl(address, new Uri("https://open.tiktokapis.com/")));

    /// <summary>Every byte around each boundary of the plan, and some in between.</summary>
    private static IEnumerable<long> Sizes()
    {
        const long Largest = 4L << 30;
        var random = new Random(20261123);
        IEnumerable<long> boundaries =
        [
            1, 5_000_000, TikTokChunks.Smallest, 2 * TikTokChunks.Smallest, 10_000_000, Largest,
            .. Enumerable.Range(1, (int)(Largest / Most)).Select(count => (long)count * Most),
        ];
        return boundaries.SelectMany(boundary => Enumerable.Range(-2, 5).Select(more => boundary + more))
            .Concat(Enumerable.Range(0, 2000).Select(_ => random.NextInt64(1, Largest)))
            .Where(size => size is >= 1 and <= Largest);
    }

    private static List<(long Start, long End)> RangesOf(TikTokChunks chunks)
    {
        var ranges = new List<(long Start, long End)>();
        for (var start = 0L; start < chunks.Size; start = ranges[^1].End)
            ranges.Add((start, chunks.EndOf(start)));
        return ranges;
    }
}
