using AngleSharp.Html.Parser;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Web;

/// <summary>A browser without scripts: keeps cookies, fills in forms, follows nothing by itself.</summary>
internal sealed class Browser(TrendVaultApp app) : IDisposable
{
    private readonly HttpClient _client = app.CreateBareClient();

    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>Every Set-Cookie so far, word for word.</summary>
    public List<string> SetCookies { get; } = [];

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Opens the page and sends its form, with its token, to the page itself.</summary>
    public Task<HttpResponseMessage> SubmitAsync(string page, params (string Name, string Value)[] fields) => SubmitAsync(page, page, fields);

    /// <summary>Opens the page and sends a form of it to another address.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        using var form = await GetAsync(page);
        return await PostAsync(action, TokenOf(await form.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), fields);
    }

    public Task<HttpResponseMessage> PostAsync(string action, string token, params (string Name, string Value)[] fields) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, action)
        {
            Content = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", token)]),
        });

    public static string TokenOf(string html) =>
        new HtmlParser().ParseDocument(html).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        if (Cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        foreach (var line in answer.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [])
        {
            var pair = line.Split(';')[0].Split('=', 2);
            SetCookies.Add(line);
            Cookies[pair[0]] = pair[1];
        }

        return answer;
    }
}
