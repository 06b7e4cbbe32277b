using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TrendVault.Core.Auth;
using TrendVault.Core.Data;
using TrendVault.Core.Storage;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Uploads;

/// <summary>A user with a finished download and a channel, and the form that brings the one to the other.</summary>
internal static class Publishing
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What a test begins with.</summary>
    internal sealed record Given(User User, Guid DownloadId, Guid ChannelId);

    /// <param name="app">Where.</param>
    /// <param name="provider">Of the account.</param>
    /// <param name="film">Of two seconds; three bytes that are none when null.</param>
    /// <param name="licence">The source's.</param>
    public static async Task<Given> GivenVideoAsync(this ConnectApp app, string provider = "google", byte[]? film = null, string? licence = null)
    {
        var user = await app.GivenUserAsync();
        var channel = await app.GivenChannelAsync(user, provider);

        var id = Guid.CreateVersion7();
        var key = $"{user.Id}/{id}/1-test.mp4";
        var stored = await app.Services.GetRequiredService<IObjectStore>().PutAsync(key, new MemoryStream(film ?? [1, 2, 3]), "video/mp4", Token);
        await app.Services.GetRequiredService<NpgsqlDataSource>().ExecuteAsync(
            """
            insert into downloads (
              id, user_id, source_video_url, title, creator_name, licence, format, content_type, file_size, sha256, storage_key, status, progress,
              duration_seconds, width, height, video_codec)
            values (
              @id, @UserId, 'https://example.org/v', 'A download', 'Somebody', @licence, 'best', 'video/mp4', @Size, @Sha256, @key, 'completed', 100,
              @duration, @width, @height, @codec)
            """,
            new
            {
                id,
                UserId = user.Id,
                licence,
                stored.Size,
                stored.Sha256,
                key,
                duration = film is null ? null : (double?)2,
                width = film is null ? null : (int?)640,
                height = film is null ? null : (int?)360,
                codec = film is null ? null : "h264",
            },
            Token);
        return new Given(user, id, channel.Id);
    }

    /// <summary>Another channel of the same account, whose videos go where the first one's do.</summary>
    public static async Task<Guid> GivenSecondChannelAsync(this ConnectApp app, Given given)
    {
        var id = Guid.CreateVersion7();
        await app.Services.GetRequiredService<NpgsqlDataSource>().ExecuteAsync(
            """
            insert into channels (id, user_id, connected_account_id, platform, platform_channel_id, channel_name)
            select @id, user_id, connected_account_id, platform, 'UCsecond', 'Second channel'
            from channels
            where id = @ChannelId
            """,
            new { id, given.ChannelId },
            Token);
        return id;
    }

    /// <summary>What the form would send as it stands.</summary>
    public static async Task<Dictionary<string, string>> ReadFormAsync(this HttpClient browser, Given given) =>
        ((IHtmlFormElement)(await browser.ParseAsync($"/uploads/new?download={given.DownloadId}")).QuerySelector("#publish")!).Fields();

    /// <summary>What the form would send as it stands.</summary>
    public static Dictionary<string, string> Fields(this IHtmlFormElement form)
    {
        var fields = new Dictionary<string, string>();
        foreach (var element in form.Elements)
        {
            switch (element)
            {
                case IHtmlInputElement { Name.Length: > 0, Type: "checkbox" or "radio" } box when box.IsChecked:
                    fields[box.Name!] = box.Value;
                    break;
                case IHtmlInputElement { Name.Length: > 0, Type: not ("checkbox" or "radio" or "file") } input:
                    fields[input.Name!] = input.Value;
                    break;
                case IHtmlTextAreaElement { Name.Length: > 0 } area:
                    fields[area.Name!] = area.Value;
                    break;
                case IHtmlSelectElement { Name.Length: > 0 } select:
                    fields[select.Name!] = select.Value!;
                    break;
            }
        }

        return fields;
    }

    public static async Task<IHtmlDocument> ParseAsync(this HttpClient browser, string path) =>
        new HtmlParser().ParseDocument(await browser.GetStringAsync(path, Token));
}
