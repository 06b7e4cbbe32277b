using System.Net;
using System.Text.Json.Nodes;

namespace TrendVault.Tests.Sandbox;

/// <summary>The parameter <c>fields</c> of Google's APIs.</summary>
public sealed class PartialResponseTests : IAsyncLifetime
{
    private const string Chart = "videos?part=snippet,statistics&chart=mostPopular&maxResults=3&fields=";

    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await TestSandbox.StartAsync();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData("nextPageToken,items(id,snippet/title)")]
    [InlineData("nextPageToken,items/id,items/snippet/title")]
    [InlineData("nextPageToken,items(snippet(title),id)")]
    public async Task Only_what_is_named_goes_out(string fields)
    {
        var answer = (await _sandbox.YouTubeAsync(Chart + fields)).Json;

        Assert.Equal(["items", "nextPageToken"], Names(answer));
        Assert.Equal(3, answer["items"]!.AsArray().Count);
        Assert.All(answer["items"]!.AsArray(), item =>
        {
            Assert.Equal(["id", "snippet"], Names(item!));
            Assert.Equal(["title"], Names(item!["snippet"]!));
        });
    }

    [Fact]
    public async Task A_star_stands_for_every_name_and_a_name_alone_for_all_below_it()
    {
        var answer = (await _sandbox.YouTubeAsync(Chart + "items(*/title,statistics)")).Json;

        Assert.Equal(["items"], Names(answer));
        Assert.All(answer["items"]!.AsArray(), item =>
        {
            Assert.Equal(["title"], Names(item!["snippet"]!));
            Assert.NotNull(item["statistics"]!["viewCount"]);
            Assert.Null(item["id"]);
        });
    }

    [Theory]
    [InlineData("pagetoken,items(id)")]
    [InlineData("items(id")]
    [InlineData("items)")]
    [InlineData("items()")]
    [InlineData("items/")]
    [InlineData("items,,kind")]
    [InlineData("items id")]
    public async Task A_selection_that_is_none_is_refused(string fields)
    {
        var answer = await _sandbox.YouTubeAsync(Chart + Uri.EscapeDataString(fields));

        Assert.Equal((HttpStatusCode.BadRequest, "invalidParameter"), (answer.Status, answer.Reason));
        Assert.StartsWith("Invalid field selection", answer.Json["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_goes_out_whole()
    {
        var answer = await _sandbox.YouTubeAsync("videos?part=id&chart=mostPopular&videoCategoryId=19&fields=items(id)");

        Assert.Equal((HttpStatusCode.NotFound, "videoChartNotFound"), (answer.Status, answer.Reason));
    }

    private static IEnumerable<string> Names(JsonNode node) => node.AsObject().Select(property => property.Key).Order();
}
