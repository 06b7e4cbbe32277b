using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Auth;
using TrendVault.Core.Data;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Auth;

public sealed class SignInTests(TestDatabase database, TestServers servers) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_password_counts_to_its_last_character_and_as_it_was_sent()
    {
        await using var services = database.BuildAuth();
        var auth = services.GetRequiredService<AuthService>();
        var cancellationToken = TestContext.Current.CancellationToken;
        var stem = string.Concat(Enumerable.Range(0, 10).Select(number => $"stem{number}-äö "));
        await auth.RegisterAsync("long@example.org", stem + "A", "Long", AuthServices.Client, cancellationToken);

        Assert.IsType<SignInOutcome.Refused>(await auth.SignInAsync("long@example.org", stem + "B", AuthServices.Client, cancellationToken));
        Assert.IsType<SignInOutcome.Refused>(await auth.SignInAsync("long@example.org", (stem + "A").Trim() + " ", AuthServices.Client, cancellationToken));
        Assert.IsType<SignInOutcome.Welcome>(await auth.SignInAsync("LONG@example.org", stem + "A", AuthServices.Client, cancellationToken));
    }

    [Fact]
    public async Task The_sixth_wrong_password_waits_for_half_a_minute_but_another_client_does_not()
    {
        await using var services = database.BuildAuth();
        var auth = services.GetRequiredService<AuthService>();
        var user = await services.GivenAccountAsync();

        for (var n = 0; n < 5; n++)
            Assert.IsType<SignInOutcome.Refused>(await TryAsync(auth, user.Email, "wrong wrong wrong"));
        var sixth = await TryAsync(auth, user.Email, AuthServices.GoodPassword);
        var elsewhere = await TryAsync(auth, user.Email, AuthServices.GoodPassword, AuthServices.Client with { Address = "192.0.2.99" });
        var ownBrowser = await TryAsync(auth, user.Email, AuthServices.GoodPassword, AuthServices.Client with { KnownBrowser = "mark" });

        Assert.InRange(Assert.IsType<SignInOutcome.Throttled>(sixth).RetryAfter.TotalSeconds, 20, 30);
        Assert.IsType<SignInOutcome.Welcome>(elsewhere);
        Assert.IsType<SignInOutcome.Welcome>(ownBrowser);
    }

    [Fact]
    public async Task A_hundred_guesses_at_once_are_five()
    {
        await using var services = database.BuildAuth();
        var auth = services.GetRequiredService<AuthService>();
        var user = await services.GivenAccountAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => TryAsync(auth, user.Email, "wrong wrong wrong")));

        Assert.Equal(5, outcomes.Count(outcome => outcome is SignInOutcome.Refused));
        Assert.Equal(95, outcomes.Count(outcome => outcome is SignInOutcome.Throttled));
    }

    [Fact]
    public async Task An_account_takes_a_hundred_failures_an_hour_from_everywhere_and_its_own_browser_still_gets_in()
    {
        await using var services = database.BuildAuth();
        var auth = services.GetRequiredService<AuthService>();
        var user = await services.GivenAccountAsync();

        for (var n = 0; n < 100; n++)
            await TryAsync(auth, user.Email, "wrong wrong wrong", AuthServices.Client with { Address = $"192.0.2.{n}" });

        Assert.IsType<SignInOutcome.Throttled>(await TryAsync(auth, user.Email, AuthServices.GoodPassword, AuthServices.Client with { Address = "198.51.100.1" }));
        Assert.IsType<SignInOutcome.Welcome>(await TryAsync(auth, user.Email, AuthServices.GoodPassword, AuthServices.Client with { KnownBrowser = "mark" }));
    }

    [Fact]
    public async Task An_unknown_address_costs_the_time_of_a_known_one()
    {
        await using var services = database.BuildAuth(("BCRYPT_COST", "10"));
        var auth = services.GetRequiredService<AuthService>();
        var user = await services.GivenAccountAsync();
        await TimeAsync(auth, "warm@example.org");

        // The fastest of a few: a busy machine only ever adds to one. Without the second hash it would be a hundredth.
        var known = TimeSpan.MaxValue;
        var unknown = TimeSpan.MaxValue;
        for (var n = 0; n < 4; n++)
        {
            known = TimeSpan.FromTicks(Math.Min(known.Ticks, (await TimeAsync(auth, user.Email)).Ticks));
            unknown = TimeSpan.FromTicks(Math.Min(unknown.Ticks, (await TimeAsync(auth, "nobody@example.org")).Ticks));
        }

        Assert.True(unknown > known / 4, $"{unknown} against {known}");
    }

    [Fact]
    public async Task Without_redis_wrong_passwords_are_counted_all_the_same()
    {
        var own = new TestDatabase(servers);
        await own.InitializeAsync();
        await using var db = own.Db;
        await using var services = own.BuildAuth();
        var auth = services.GetRequiredService<AuthService>();
        var user = await services.GivenAccountAsync();
        await own.Redis.DisposeAsync();

        for (var n = 0; n < 5; n++)
            Assert.IsType<SignInOutcome.Refused>(await TryAsync(auth, user.Email, "wrong wrong wrong"));

        Assert.IsType<SignInOutcome.Throttled>(await TryAsync(auth, user.Email, AuthServices.GoodPassword));
    }

    [Fact]
    public async Task A_hash_of_an_older_cost_is_made_anew_at_the_next_sign_in()
    {
        await using var weak = database.BuildAuth();
        await using var strong = database.BuildAuth(("BCRYPT_COST", "5"));
        var user = await weak.GivenAccountAsync();

        await TryAsync(strong.GetRequiredService<AuthService>(), user.Email, AuthServices.GoodPassword);

        Assert.StartsWith("$2a$05$", await database.ScalarAsync<string>("select password_hash from users where id = @Id", new { user.Id }), StringComparison.Ordinal);
        Assert.IsType<SignInOutcome.Welcome>(await TryAsync(strong.GetRequiredService<AuthService>(), user.Email, AuthServices.GoodPassword));
    }

    [Fact]
    public async Task A_session_ends_after_seven_idle_days_and_after_thirty_in_all()
    {
        await using var services = database.BuildAuth();
        var sessions = services.GetRequiredService<Sessions>();
        var user = await services.GivenAccountAsync();
        var cancellationToken = TestContext.Current.CancellationToken;

        var used = await sessions.StartAsync(user.Id, AuthServices.Client, cancellationToken);
        var idle = await sessions.StartAsync(user.Id, AuthServices.Client, cancellationToken);
        var old = await sessions.StartAsync(user.Id, AuthServices.Client, cancellationToken);
        await AgeAsync(used, "last_seen_at = now() - interval '6 days 23 hours'");
        await AgeAsync(idle, "last_seen_at = now() - interval '7 days 1 second'");
        await AgeAsync(old, "expires_at = now() - interval '1 second'");

        Assert.NotNull(await sessions.FindAsync(used, cancellationToken));
        Assert.Null(await sessions.FindAsync(idle, cancellationToken));
        Assert.Null(await sessions.FindAsync(old, cancellationToken));
        Assert.True(await database.ScalarAsync<bool>("select max(last_seen_at) > now() - interval '1 minute' from sessions where token_hash = sha256(@used::bytea)", new { used }));
    }

    [Fact]
    public async Task A_session_that_ended_on_another_instance_is_forgotten_within_five_seconds()
    {
        await using var here = database.BuildAuth();
        await using var there = database.BuildAuth();
        var user = await here.GivenAccountAsync();
        var cancellationToken = TestContext.Current.CancellationToken;
        var token = await here.GetRequiredService<Sessions>().StartAsync(user.Id, AuthServices.Client, cancellationToken);
        var session = (await here.GetRequiredService<Sessions>().FindAsync(token, cancellationToken))!;

        await there.GetRequiredService<Sessions>().EndAsync(user.Id, session.SessionId, cancellationToken);
        var ended = Stopwatch.StartNew();
        await Eventually.TrueAsync(async () => await here.GetRequiredService<Sessions>().FindAsync(token, cancellationToken) is null, "the session ends here too");

        Assert.True(ended.Elapsed < TimeSpan.FromSeconds(5), $"It took {ended.Elapsed}.");
        Assert.Null(await there.GetRequiredService<Sessions>().FindAsync(token, cancellationToken));
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another()
    {
        await using var services = database.BuildAuth();
        var sessions = services.GetRequiredService<Sessions>();
        var (owner, other) = (await services.GivenAccountAsync(), await services.GivenAccountAsync());
        var cancellationToken = TestContext.Current.CancellationToken;
        var token = await sessions.StartAsync(owner.Id, AuthServices.Client, cancellationToken);
        var session = (await sessions.FindAsync(token, cancellationToken))!;

        Assert.False(await sessions.EndAsync(other.Id, session.SessionId, cancellationToken));
        Assert.NotNull(await sessions.FindAsync(token, cancellationToken));
    }

    private static Task<SignInOutcome> TryAsync(AuthService auth, string email, string password, ClientInfo? client = null) =>
        auth.SignInAsync(email, password, client ?? AuthServices.Client, TestContext.Current.CancellationToken);

    private static async Task<TimeSpan> TimeAsync(AuthService auth, string email)
    {
        var watch = Stopwatch.StartNew();
        await TryAsync(auth, email, "wrong wrong wrong");
        return watch.Elapsed;
    }

    private Task<int> AgeAsync(string token, string assignment) =>
        database.Db.ExecuteAsync(
            $"update sessions set {assignment} where token_hash = sha256(@token::bytea)", new { token }, TestContext.Current.CancellationToken);
}
