using System.Net;
using System.Security.Cryptography;
using System.Text;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Sandbox;

/// <summary>Uploads in one request, as Google's clients make them without being told otherwise.</summary>
public sealed class MultipartUploadTests : IAsyncLifetime
{
    private const string Path = "upload/youtube/v3/videos?uploadType=multipart&part=snippet,status";
    private const string Metadata = """{"snippet":{"title":"Größe","categoryId":"22"},"status":{"privacyStatus":"private"}}""";
    private const string Boundary = "===============7330845974216740156==";

    private TestSandbox _sandbox = null!;
    private string _token = "";

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _token = await _sandbox.AccessTokenAsync();
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")] // Google's client for Python ends its lines so
    public async Task A_video_comes_in_one_request(string newline)
    {
        var film = RandomNumberGenerator.GetBytes(700_000);

        var answer = await SendAsync(BodyOf(newline, Metadata, film));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("uploaded", answer.Json["status"]!["uploadStatus"]!.GetValue<string>());
        var video = Assert.Single(_sandbox.Server.Ledger.Videos);
        Assert.Equal((answer.Json["id"]!.GetValue<string>(), "Größe", "private"), (video.Id, video.Title, video.PrivacyStatus));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(film)), video.Sha256);
        Assert.Equal(1, _sandbox.Server.Quota["uploads"].Used);
    }

    [Fact]
    public async Task What_looks_like_a_boundary_is_none_and_line_ends_of_the_film_are_its_own()
    {
        byte[][] films = [.. new[] { "\r", "\n", "\r\n", $"\r\n--{Boundary[..^1]}", $"a--{Boundary}b\n-", "\r\n\r\n" }.Select(Encoding.Latin1.GetBytes)];
        foreach (var film in films)
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(BodyOf("\r\n", Metadata, film))).Status);

        Assert.Equal(films.Select(film => Convert.ToHexStringLower(SHA256.HashData(film))), _sandbox.Server.Ledger.Videos.Select(video => video.Sha256));
    }

    [Theory]
    [InlineData("""{"snippet":{"title":"a < b"}}""", "video/mp4", "invalidTitle")]
    [InlineData("{", "video/mp4", "badRequest")]
    [InlineData(Metadata, "image/png", "badRequest")]
    public async Task What_is_wrong_is_told_before_a_byte_is_kept(string metadata, string type, string reason)
    {
        var answer = await SendAsync(BodyOf("\r\n", metadata, [1, 2, 3], type));

        Assert.Equal((HttpStatusCode.BadRequest, reason), (answer.Status, answer.Reason));
        Assert.Empty(_sandbox.Server.Ledger.Sessions);
    }

    [Fact]
    public async Task A_request_without_a_film_is_refused()
    {
        var alone = Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Type: application/json\r\n\r\n{Metadata}\r\n--{Boundary}--\r\n");

        Assert.Equal("mediaBodyRequired", (await SendAsync(alone)).Reason);
        Assert.Equal("mediaBodyRequired", (await SendAsync([])).Reason);
        Assert.Empty(_sandbox.Server.Ledger.Sessions);

        // It ends before the boundary that would end it.
        Assert.Equal("badRequest", (await SendAsync(BodyOf("\r\n", Metadata, new byte[100_000])[..50_000])).Reason);
        Assert.All(_sandbox.Server.Ledger.Sessions, session => Assert.Equal(0, session.Stored));
        Assert.Empty(_sandbox.Server.Ledger.Videos);
    }

    [Fact]
    public async Task One_that_breaks_off_leaves_nothing()
    {
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/upload/youtube/v3/videos", CutRequestAfter = 400_000 });

        await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(BodyOf("\r\n", Metadata, new byte[700_000])));

        await Eventually.TrueAsync(
            () => Task.FromResult(_sandbox.Server.Ledger.Sessions is [{ Puts: 1, Stored: 0 }]),
            "what came is gone");
        Assert.Empty(_sandbox.Server.Ledger.Videos);
    }

    private async Task<Answer> SendAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/related; boundary=\"{Boundary}\"");
        return await _sandbox.SendAsync(HttpMethod.Post, Path, content, _token);
    }

    private static byte[] BodyOf(string newline, string metadata, byte[] film, string type = "video/mp4")
    {
        var head = string.Join(newline, "--" + Boundary, "Content-Type: application/json", "MIME-Version: 1.0", "", metadata,
            "--" + Boundary, "Content-Type: " + type, "MIME-Version: 1.0", "Content-Transfer-Encoding: binary", "", "");
        return [.. Encoding.UTF8.GetBytes(head), .. film, .. Encoding.UTF8.GetBytes($"{newline}--{Boundary}--{newline}")];
    }
}
