using System.Net;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Sandbox;

/// <summary>The method <c>videos.batchGetStats</c>.</summary>
public sealed class VideoStatsTests : IAsyncLifetime
{
    private const string Stats = "videos:batchGetStats?part=id,snippet,statistics,contentDetails&id=";

    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await TestSandbox.StartAsync();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task Fifty_videos_tell_their_numbers_in_one_call_of_a_bucket_of_its_own()
    {
        var ids = (await _sandbox.YouTubeAsync("videos?part=id&chart=mostPopular&maxResults=50")).Items.Select(item => item!["id"]!.GetValue<string>()).ToList();
        var before = _sandbox.Server.Quota["other"].Used;

        var answer = await _sandbox.YouTubeAsync(Stats + string.Join(',', ids));

        Assert.Equal("youtube#batchGetStatsResponse", answer.Json["kind"]!.GetValue<string>());
        Assert.Equal(ids, answer.Items.Select(item => item!["id"]!.GetValue<string>()));
        Assert.All(answer.Items, item =>
        {
            Assert.Equal("youtube#videoStats", item!["kind"]!.GetValue<string>());
            Assert.True(ulong.TryParse(item["statistics"]!["viewCount"]!.GetValue<string>(), out _));
            Assert.Matches("^[0-9]+s$", item["contentDetails"]!["duration"]!.GetValue<string>());
            Assert.NotNull(item["snippet"]!["publishTime"]);
        });
        Assert.Equal((before, 1), (_sandbox.Server.Quota["other"].Used, _sandbox.Server.Quota["stats"].Used));
    }

    [Fact]
    public async Task What_is_missing_is_left_out_and_what_is_too_much_refused()
    {
        var id = (await _sandbox.YouTubeAsync("videos?part=id&chart=mostPopular&maxResults=1")).Items[0]!["id"]!.GetValue<string>();

        Assert.Equal(id, Assert.Single((await _sandbox.YouTubeAsync($"{Stats}AAAAAAAAAAA,{id}&id=nonsense")).Items)!["id"]!.GetValue<string>());
        Assert.Empty((await _sandbox.YouTubeAsync(Stats + "AAAAAAAAAAA")).Items);
        foreach (var wrong in new[] { string.Join(',', Enumerable.Range(0, 51)), "" })
            Assert.Equal(HttpStatusCode.BadRequest, (await _sandbox.YouTubeAsync(Stats + wrong)).Status);
    }
}
