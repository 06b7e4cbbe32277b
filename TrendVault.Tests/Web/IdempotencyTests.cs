using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Auth;
using TrendVault.Core.Data;
using TrendVault.Tests.App;
using TrendVault.Web;

namespace TrendVault.Tests.Web;

public sealed class IdempotencyTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private int _done;

    [Fact]
    public async Task The_same_post_is_done_once_and_answered_twice()
    {
        var user = await database.GivenUserAsync();

        var first = await PostAsync(user, "k1", """{"videoUrl":"a"}""");
        var second = await PostAsync(user, "k1", """{"videoUrl":"a"}""");

        Assert.Equal(1, _done);
        Assert.Equal((202, """{"n":1}"""), first);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_refused_and_another_user_is_not()
    {
        var (user, other) = (await database.GivenUserAsync(), await database.GivenUserAsync());

        await PostAsync(user, "k1", """{"videoUrl":"a"}""");
        var changed = await PostAsync(user, "k1", """{"videoUrl":"b"}""");
        var theirs = await PostAsync(other, "k1", """{"videoUrl":"b"}""");

        Assert.Equal((422, 202), (changed.Status, theirs.Status));
    }

    [Fact]
    public async Task A_post_that_still_runs_is_not_begun_again()
    {
        var user = await database.GivenUserAsync();
        var gate = new TaskCompletionSource();
        var running = PostAsync(user, "k1", "{}", answer: async _ => await gate.Task);
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("select count(*) from idempotency_keys where user_id = @user", new { user }) == 1, "the first one runs");

        var second = await PostAsync(user, "k1", "{}");
        gate.SetResult();
        var first = await running;

        Assert.Equal((409, 200), (second.Status, first.Status));
    }

    [Fact]
    public async Task A_failure_of_ours_may_be_tried_again_and_so_may_what_a_dead_process_left()
    {
        var user = await database.GivenUserAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => PostAsync(user, "k1", "{}", answer: _ => throw new TimeoutException()));
        var afterFault = await PostAsync(user, "k1", "{}", answer: SetStatus(503));
        await database.Db.ExecuteAsync(
            "insert into idempotency_keys (user_id, key, route, request_hash, created_at) values (@user, 'k2', 'POST /x', '\\x00', now() - interval '61 seconds')",
            new { user }, TestContext.Current.CancellationToken);

        var last = await PostAsync(user, "k1", "{}");
        var taken = await PostAsync(user, "k2", "{}");

        Assert.Equal((503, 202, 202), (afterFault.Status, last.Status, taken.Status));
    }

    [Fact]
    public async Task A_key_has_at_most_255_characters_and_is_kept_for_a_day()
    {
        var user = await database.GivenUserAsync();
        await PostAsync(user, "k1", "{}");
        await database.Db.ExecuteAsync(
            "update idempotency_keys set created_at = now() - interval '25 hours' where user_id = @user", new { user }, TestContext.Current.CancellationToken);

        var afterADay = await PostAsync(user, "k1", """{"other":true}""");
        var tooLong = await PostAsync(user, new string('k', 256), "{}");

        Assert.Equal((202, 400), (afterADay.Status, tooLong.Status));
    }

    private static RequestDelegate SetStatus(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private async Task<(int Status, string Body)> PostAsync(Guid userId, string key, string body, RequestDelegate? answer = null)
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, userId.ToString())], "tests")) };
        context.RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider();
        context.Request.Method = "POST";
        context.Request.Path = "/api/downloads";
        context.Request.Headers["Idempotency-Key"] = key;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new HonoursIdempotencyKey()), "test"));
        using var written = new MemoryStream();
        context.Response.Body = written;

        await new IdempotencyMiddleware(answer ?? CountAsync, new IdempotencyStore(database.Db)).InvokeAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(written.ToArray()));
    }

    private async Task CountAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        Assert.NotEmpty(await body.ReadToEndAsync(TestContext.Current.CancellationToken));
        context.Response.StatusCode = 202;
        await context.Response.WriteAsync($$"""{"n":{{Interlocked.Increment(ref _done)}}}""", TestContext.Current.CancellationToken);
    }
}
