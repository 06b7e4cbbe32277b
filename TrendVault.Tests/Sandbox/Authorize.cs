using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.AspNetCore.WebUtilities;
using TrendVault.Web.Sandbox;

namespace TrendVault.Tests.Sandbox;

/// <summary>The steps of the OAuth flow, as a browser and a client take them.</summary>
internal static class Authorize
{
    public const string Verifier = "a-verifier-of-at-least-forty-three-characters-0123456789";

    public static Dictionary<string, string> Fields(string scopes) => new()
    {
        ["client_id"] = SandboxSettings.ClientId,
        ["redirect_uri"] = TestSandbox.RedirectUri,
        ["response_type"] = "code",
        ["scope"] = scopes,
        ["access_type"] = "offline",
        ["prompt"] = "consent",
        ["state"] = "st%ate +1",
        ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
        ["code_challenge_method"] = "S256",
    };

    public static Dictionary<string, string> TikTokFields(string scopes = "user.info.basic,video.upload") => new()
    {
        ["client_key"] = SandboxSettings.TikTokKey,
        ["redirect_uri"] = TestSandbox.RedirectUri,
        ["response_type"] = "code",
        ["scope"] = scopes,
        ["state"] = "st%ate +1",
        ["disable_auto_auth"] = "1",
    };

    public static Task<Answer> OpenAsync(TestSandbox sandbox, Dictionary<string, string> fields) =>
        sandbox.SendAsync(HttpMethod.Get, QueryHelpers.AddQueryString(PathOf(fields), fields!));

    /// <summary>Opens the page, fills its form in, submits it, and answers what comes back to the app.</summary>
    public static async Task<Dictionary<string, string?>> DecideAsync(TestSandbox sandbox, Dictionary<string, string> fields, string person, bool allow, params string[] tick)
    {
        var page = await OpenAsync(sandbox, fields);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        var document = await BrowsingContext.New(Configuration.Default).OpenAsync(content => content.Content(page.Text));
        var form = new List<KeyValuePair<string, string>> { new("decision", allow ? "allow" : "deny") };
        foreach (var input in document.QuerySelectorAll<IHtmlInputElement>("form input"))
        {
            var chosen = input.Type switch
            {
                "radio" => input.ParentElement!.TextContent.Contains(person, StringComparison.Ordinal),
                "checkbox" => !input.IsDisabled && tick.Contains(input.Value),
                _ => true,
            };
            if (chosen)
                form.Add(new(input.Name!, input.Value));
        }

        var answer = await sandbox.SendAsync(HttpMethod.Post, PathOf(fields), new FormUrlEncodedContent(form));
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        var location = answer.Headers.Location!;
        Assert.StartsWith(TestSandbox.RedirectUri + "?", location.ToString(), StringComparison.Ordinal);
        return QueryHelpers.ParseQuery(location.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
    }

    public static Task<Answer> ExchangeAsync(TestSandbox sandbox, string code, string verifier = Verifier, string redirectUri = TestSandbox.RedirectUri, string? secret = null) =>
        TokenAsync(sandbox, secret, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri), ("code_verifier", verifier));

    public static Task<Answer> RefreshAsync(TestSandbox sandbox, string refreshToken) =>
        TokenAsync(sandbox, null, ("grant_type", "refresh_token"), ("refresh_token", refreshToken));

    public static Task<Answer> TikTokTokenAsync(TestSandbox sandbox, params (string Name, string Value)[] fields) =>
        sandbox.SendAsync(HttpMethod.Post, "v2/oauth/token/", new FormUrlEncodedContent(
        [
            new("client_key", SandboxSettings.TikTokKey), new("client_secret", SandboxSettings.TikTokSecret),
            .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)),
        ]));

    public static Task<Answer> TikTokExchangeAsync(TestSandbox sandbox, string code) =>
        TikTokTokenAsync(sandbox, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", TestSandbox.RedirectUri));

    private static string PathOf(Dictionary<string, string> fields) => fields.ContainsKey("client_key") ? "v2/auth/authorize/" : "o/oauth2/v2/auth";

    private static Task<Answer> TokenAsync(TestSandbox sandbox, string? secret, params (string Name, string Value)[] fields) =>
        sandbox.SendAsync(HttpMethod.Post, "token", new FormUrlEncodedContent(
        [
            new("client_id", SandboxSettings.ClientId), new("client_secret", secret ?? SandboxSettings.ClientSecret),
            .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)),
        ]));
}
