using System.Net;
using AngleSharp.Html.Parser;
using TrendVault.Core.Data;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Web;

public sealed class PagesTests(TrendVaultApp app) : IClassFixture<TrendVaultApp>
{
    private const string Password = "correct-horse-9-battery";

    [Fact]
    public async Task Signing_in_by_the_form_sets_a_cookie_that_scripts_cannot_read()
    {
        var user = await app.GivenUserAsync();
        using var browser = new Browser(app);

        var answer = await browser.SubmitAsync("/signin?returnUrl=/settings", ("Email", user.Email), ("Password", Password));

        Assert.Equal((HttpStatusCode.Redirect, "/settings"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        var cookie = Assert.Single(browser.SetCookies, cookie => cookie.StartsWith("tv_session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Contains("path=/", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain", cookie, StringComparison.Ordinal);
        Assert.True(cookie.Split(';')[0].Length >= "tv_session=".Length + 43);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/settings")).StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_answer()
    {
        var user = await app.GivenUserAsync();
        using var browser = new Browser(app);

        var wrong = await browser.SubmitAsync("/signin", ("Email", user.Email), ("Password", "not my password"));
        var unknown = await browser.SubmitAsync("/signin", ("Email", "nobody@example.org"), ("Password", "not my password"));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity), (wrong.StatusCode, unknown.StatusCode));
        Assert.Equal("The e-mail address or the password is wrong.", await SummaryAsync(wrong));
        Assert.Equal(await SummaryAsync(wrong), await SummaryAsync(unknown));
    }

    [Fact]
    public async Task The_sixth_wrong_password_says_how_long_to_wait()
    {
        var user = await app.GivenUserAsync();
        using var browser = new Browser(app);
        for (var n = 0; n < 5; n++)
            await browser.SubmitAsync("/signin", ("Email", user.Email), ("Password", "not my password"));

        var sixth = await browser.SubmitAsync("/signin", ("Email", user.Email), ("Password", Password));

        Assert.Equal(HttpStatusCode.TooManyRequests, sixth.StatusCode);
        Assert.InRange(sixth.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        Assert.StartsWith("Too many wrong passwords.", await SummaryAsync(sixth), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registering_signs_in_and_tells_each_field_what_is_wrong()
    {
        using var browser = new Browser(app);
        var email = $"{Guid.CreateVersion7():n}@example.org";

        var wrong = await browser.SubmitAsync("/register", ("Name", "New"), ("Email", email), ("Password", "short"));
        var right = await browser.SubmitAsync("/register", ("Name", "New"), ("Email", email), ("Password", Password));

        var page = await ParseAsync(wrong);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal("Use at least 12 characters.", page.QuerySelector("#password-error")?.TextContent.Trim());
        Assert.Equal("true", page.QuerySelector("#Password")?.GetAttribute("aria-invalid"));
        Assert.Null(page.QuerySelector("#Password")?.GetAttribute("value"));
        Assert.Equal(email, page.QuerySelector("#Email")?.GetAttribute("value"));
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/settings")).StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_itself()
    {
        var user = await app.GivenUserAsync();
        using var browser = new Browser(app);
        await browser.SubmitAsync("/signin", ("Email", user.Email), ("Password", Password));
        var stolen = browser.Cookies["tv_session"];

        var answer = await browser.SubmitAsync("/settings", "/signout");
        browser.Cookies["tv_session"] = stolen;

        Assert.Equal("/signin", answer.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/settings")).StatusCode);
    }

    [Fact]
    public async Task A_sign_in_gives_a_new_session_and_ends_the_one_before()
    {
        var user = await app.GivenUserAsync();
        using var browser = new Browser(app);
        await browser.SubmitAsync("/signin", ("Email", user.Email), ("Password", Password));
        var first = browser.Cookies["tv_session"];
        using var form = await browser.GetAsync("/settings");
        var token = Browser.TokenOf(await form.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        await browser.PostAsync("/signin", token, ("Email", user.Email), ("Password", Password));
        var second = browser.Cookies["tv_session"];
        browser.Cookies["tv_session"] = first;

        Assert.NotEqual(first, second);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/settings")).StatusCode);
    }

    [Theory]
    [InlineData("/downloads?status=failed", "/downloads?status=failed")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("", "/")]
    public async Task After_signing_in_one_stays_on_this_site(string returnUrl, string target)
    {
        var user = await app.GivenUserAsync();
        using var browser = new Browser(app);

        var answer = await browser.SubmitAsync($"/signin?returnUrl={Uri.EscapeDataString(returnUrl)}", ("Email", user.Email), ("Password", Password));

        Assert.Equal(target, answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_is_sent_to_sign_in_and_back()
    {
        using var client = app.CreateBareClient();
        using var page = await client.GetAsync(new Uri("/settings?tab=1", UriKind.Relative), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/settings?handler=Row") { Headers = { { "HX-Request", "true" }, { "Referer", $"{app.Address}settings" } } };
        using var fragment = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("/signin?returnUrl=%2Fsettings%3Ftab%3D1", page.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, fragment.StatusCode);
        Assert.Equal("/signin?returnUrl=%2Fsettings", Assert.Single(fragment.Headers.GetValues("HX-Redirect")));
    }

    [Fact]
    public async Task A_post_without_the_token_is_refused_and_htmx_reloads()
    {
        using var browser = await app.SignInAsync();
        using var naked = app.CreateBareClient();
        naked.DefaultRequestHeaders.Add("Cookie", browser.DefaultRequestHeaders.GetValues("Cookie"));
        naked.DefaultRequestHeaders.Add("HX-Request", "true");
        using var form = new FormUrlEncodedContent([new("name", "Hacked")]);

        using var answer = await naked.PostAsync(new Uri("/settings?handler=Name", UriKind.Relative), form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("true", Assert.Single(answer.Headers.GetValues("HX-Refresh")));
    }

    [Fact]
    public async Task A_post_from_another_site_is_refused_even_with_the_token()
    {
        using var browser = await app.SignInAsync();
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        using var form = new FormUrlEncodedContent([new("name", "Hacked")]);

        using var answer = await browser.PostAsync(new Uri("/settings?handler=Name", UriKind.Relative), form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_form_with_a_nul_is_refused_and_one_with_the_token_is_done()
    {
        using var browser = await app.SignInAsync();

        using var broken = await PostAsync(browser, "Name", ("name", "a\0b"));
        using var whole = await PostAsync(browser, "Name", ("name", "Renamed"));
        using var page = await browser.GetAsync(new Uri("/settings", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, whole.StatusCode);
        Assert.Equal("Renamed", (await ParseAsync(page)).QuerySelector("#name")?.GetAttribute("value"));
    }

    [Fact]
    public async Task Changing_the_password_asks_for_the_current_one_and_ends_the_other_sessions()
    {
        var user = await app.GivenUserAsync();
        using var here = await app.SignInAsync(user);
        using var elsewhere = await app.SignInAsync(user);
        using var script = await app.ApiClientAsync(user);

        using var wrong = await PostAsync(here, "Password", ("currentPassword", "not my password"), ("newPassword", "another-good-one-77"));
        using var right = await PostAsync(here, "Password", ("currentPassword", Password), ("newPassword", "another-good-one-77"));

        Assert.Equal("This is not your password.", (await ParseAsync(wrong)).QuerySelector("#current-password-error")?.TextContent.Trim());
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(here, "/settings"));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(elsewhere, "/settings"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(script, "/api/auth/me"));
    }

    [Fact]
    public async Task A_session_of_another_user_cannot_be_ended()
    {
        using var mine = await app.SignInAsync();
        var other = await app.GivenUserAsync();
        using var theirs = await app.SignInAsync(other);
        await using var db = DataModule.CreateDataSource(new DataOptions { DatabaseUrl = app.DatabaseUrl }, loggers: null);
        var sessionId = await db.QuerySingleOrDefaultAsync<Guid>("select id from sessions where user_id = @Id", other, TestContext.Current.CancellationToken);

        using var answer = await PostAsync(mine, $"EndSession&id={sessionId}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(theirs, "/settings"));
    }

    [Fact]
    public async Task A_key_reads_what_it_may_and_stops_when_it_is_revoked()
    {
        using var browser = await app.SignInAsync();
        using var made = await PostAsync(browser, "CreateKey", ("keyName", "Nightly"), ("scopes", "read"), ("keyPassword", Password));
        var page = await ParseAsync(made);
        var key = page.QuerySelector("#new-key")!.TextContent;
        using var script = app.CreateBareClient();
        script.DefaultRequestHeaders.Authorization = new("Bearer", key);

        var read = await StatusAsync(script, "/api/auth/me");
        using var write = await script.PostAsync(new Uri("/api/auth/logout", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        using var revoked = await PostToAsync(browser, page.QuerySelector("form[action*=RevokeKey]")!.GetAttribute("action")!);

        Assert.StartsWith("tv_", key, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, read);
        Assert.Equal(HttpStatusCode.Forbidden, write.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(script, "/api/auth/me"));
    }

    [Fact]
    public async Task Only_an_admin_rules_registration()
    {
        using var browser = await app.SignInAsync();

        using var answer = await PostAsync(browser, "Registration", ("registration", "Closed"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("/signin")]
    [InlineData("/register")]
    [InlineData("/settings")]
    [InlineData("/no-such-page")]
    public async Task A_page_holds_no_inline_script_style_or_handler(string path)
    {
        using var browser = await app.SignInAsync();
        using var client = path == "/settings" ? browser : app.CreateBareClient();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        var page = await ParseAsync(answer);

        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.Empty(page.QuerySelectorAll("script:not([src]), style, [style]"));
        Assert.DoesNotContain(page.All.SelectMany(element => element.Attributes), attribute =>
            attribute.Name.StartsWith("on", StringComparison.Ordinal)
            || attribute.Name.StartsWith("hx-on", StringComparison.Ordinal)
            || attribute.Value.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_problem_is_a_fragment_for_htmx_with_the_number_of_its_request()
    {
        using var client = app.CreateBareClient();
        client.DefaultRequestHeaders.Add("HX-Request", "true");

        using var answer = await client.GetAsync(new Uri("/no-such-page", UriKind.Relative), TestContext.Current.CancellationToken);
        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("#flash", Assert.Single(answer.Headers.GetValues("HX-Retarget")));
        Assert.DoesNotContain("<html", html, StringComparison.Ordinal);
        Assert.Contains(Assert.Single(answer.Headers.GetValues("X-Request-Id")), html, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string handler, params (string Name, string Value)[] fields) =>
        PostToAsync(client, $"/settings?handler={handler}", fields);

    private static async Task<HttpResponseMessage> PostToAsync(HttpClient client, string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await client.PostAsync(new Uri(path, UriKind.Relative), form, TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<string?> SummaryAsync(HttpResponseMessage answer) =>
        (await ParseAsync(answer)).QuerySelector(".form__summary")?.TextContent.Trim();

    private static async Task<AngleSharp.Html.Dom.IHtmlDocument> ParseAsync(HttpResponseMessage answer) =>
        await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
}
