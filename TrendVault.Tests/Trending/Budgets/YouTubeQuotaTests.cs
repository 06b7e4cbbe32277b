using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Core;
using TrendVault.Core.YouTube;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.Trending;

public sealed class YouTubeQuotaTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("2035-11-05T08:00:00Z")] // after the day of 25 hours
    [InlineData("2035-03-12T07:00:00Z")] // after the day of 23
    [InlineData("2035-01-20T08:00:00Z")]
    public async Task Around_midnight_in_California_no_search_is_refused_whatever_the_clocks_say(string midnight)
    {
        var begin = DateTimeOffset.Parse(midnight, CultureInfo.InvariantCulture).AddMinutes(-4);
        var clocks = new[] { 0, 25, -25 }.Select(seconds => new FakeTimeProvider(begin.AddSeconds(seconds))).ToList();
        var youtube = new QuotaBook(clocks[0]);
        await using var fast = Build(clocks[1]);
        await using var slow = Build(clocks[2]);
        var (random, granted) = (Seeded.Random(), 0);

        for (var moment = TimeSpan.Zero; moment < TimeSpan.FromMinutes(8); moment += TimeSpan.FromSeconds(2))
        {
            foreach (var services in new[] { fast, slow }.Where(_ => random.Next(2) == 0))
            {
                if (!await services.GetRequiredService<YouTubeQuota>().TrySpendAsync(YouTubeBucket.Search))
                    continue;
                granted++;
                Assert.True(youtube.TryCharge(QuotaBook.Search, 1), $"Refused {moment} after the beginning.");
            }

            clocks.ForEach(clock => clock.Advance(TimeSpan.FromSeconds(2)));
        }

        Assert.InRange(granted, 120, 200);
    }

    [Fact]
    public async Task In_a_shared_pool_all_calls_are_paid_from_the_units_at_their_price()
    {
        await using var services = Build(TimeProvider.System, ("YOUTUBE_QUOTA_POOL", "shared"), ("YOUTUBE_QUOTA_UNITS", "351"), ("YOUTUBE_COST_UPLOAD", "200"));
        var quota = services.GetRequiredService<YouTubeQuota>();

        Assert.True(await quota.TrySpendAsync(YouTubeBucket.Upload));
        Assert.True(await quota.TrySpendAsync(YouTubeBucket.Search));
        Assert.True(await quota.TrySpendAsync(YouTubeBucket.General, 51));
        Assert.False(await quota.TrySpendAsync(YouTubeBucket.General));
        Assert.False(await quota.TrySpendAsync(YouTubeBucket.Upload));

        Assert.Equal(new YouTubeBudget(YouTubeBucket.General, 351, 351), Assert.Single(await quota.ReadAsync()));
    }

    [Theory]
    [InlineData(YouTubeBucket.Search, "2027-02-03", "2027-02-04T08:01:00Z")]
    [InlineData(YouTubeBucket.Upload, "2027-07-03", "2027-07-04T07:01:00Z")]
    public async Task A_bucket_that_is_spent_leaves_the_others_and_renews_at_midnight_in_California(YouTubeBucket spent, string day, string renewal)
    {
        // A day of its own, on which nothing is counted yet.
        var clock = new FakeTimeProvider(DateTimeOffset.Parse(day + "T20:00:00Z", CultureInfo.InvariantCulture));
        await using var services = Build(clock);
        var quota = services.GetRequiredService<YouTubeQuota>();

        var e = await quota.MarkEmptyAsync(spent);

        Assert.Equal(Remedy.Wait, e.Remedy);
        Assert.Equal(renewal, (clock.GetUtcNow() + e.RetryAfter!.Value).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Assert.Contains(spent == YouTubeBucket.Search ? "for searches" : "for uploads", e.Message, StringComparison.Ordinal);
        foreach (var bucket in Enum.GetValues<YouTubeBucket>())
            Assert.Equal(bucket != spent, await quota.TrySpendAsync(bucket));
        clock.Advance(e.RetryAfter.Value);
        Assert.True(await quota.TrySpendAsync(spent));
    }

    [Fact]
    public async Task In_a_shared_pool_a_bucket_that_is_spent_is_the_pool()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2027-06-01T20:00:00Z", CultureInfo.InvariantCulture));
        await using var services = Build(clock, ("YOUTUBE_QUOTA_POOL", "shared"));
        var quota = services.GetRequiredService<YouTubeQuota>();

        await quota.MarkEmptyAsync(YouTubeBucket.Search);

        Assert.False(await quota.TrySpendAsync(YouTubeBucket.General));
    }

    [Fact]
    public async Task What_is_reserved_is_left_to_those_who_may_have_it()
    {
        await using var services = Build(TimeProvider.System, ("YOUTUBE_QUOTA_UPLOADS", "10"));
        var quota = services.GetRequiredService<YouTubeQuota>();

        Assert.True(await quota.TrySpendAsync(YouTubeBucket.Upload, 8, reserve: 2));
        Assert.False(await quota.TrySpendAsync(YouTubeBucket.Upload, reserve: 2));
        Assert.True(await quota.TrySpendAsync(YouTubeBucket.Upload, 2));
    }

    [Theory]
    [InlineData("YOUTUBE_QUOTA_POOL", "both", "buckets, shared")]
    [InlineData("YOUTUBE_COST_SEARCH", "0", "1 to 10000")]
    public async Task A_wrong_setting_is_named_with_its_remedy(string name, string value, string remedy)
    {
        await using var services = Build(TimeProvider.System, (name, value));

        var e = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => services.GetRequiredService<Microsoft.Extensions.Options.IOptions<YouTubeOptions>>().Value);

        Assert.Contains(name, e.Failures.Single(), StringComparison.Ordinal);
        Assert.Contains(remedy, e.Failures.Single(), StringComparison.Ordinal);
    }

    private ServiceProvider Build(TimeProvider time, params (string Name, string Value)[] settings) => database.BuildServices(
        (services, configuration) =>
        {
            services.AddSingleton(time);
            services.AddYouTube(configuration);
        },
        settings);
}
