using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Auth;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Auth;

public sealed class RegistrationTests(TestServers servers)
{
    [Fact]
    public async Task Of_many_who_register_at_once_exactly_one_is_the_admin()
    {
        await using var database = await EmptyDatabaseAsync();
        await using var services = database.BuildAuth();

        var users = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => services.GivenAccountAsync()));

        Assert.Single(users, user => user.Role == UserRole.Admin);
    }

    [Fact]
    public async Task In_production_the_first_may_register_and_nobody_after_until_the_admin_opens_it()
    {
        await using var database = await EmptyDatabaseAsync();
        await using var services = database.BuildAuth("Production");
        var auth = services.GetRequiredService<AuthService>();
        var cancellationToken = TestContext.Current.CancellationToken;

        var admin = await services.GivenAccountAsync();
        var closed = await auth.RegisterAsync("second@example.org", AuthServices.GoodPassword, "Second", AuthServices.Client, cancellationToken);
        await auth.SetRegistrationAsync(admin.Id, Registration.Open, AuthServices.Client, cancellationToken);
        var open = await services.GivenAccountAsync();

        Assert.IsType<RegisterOutcome.Closed>(closed);
        Assert.Equal((UserRole.Admin, UserRole.User), (admin.Role, open.Role));
    }

    [Fact]
    public async Task Of_many_who_register_at_once_where_it_is_closed_only_one_gets_in()
    {
        await using var database = await EmptyDatabaseAsync();
        await using var services = database.BuildAuth(("REGISTRATION", "closed"));
        var auth = services.GetRequiredService<AuthService>();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => auth.RegisterAsync(
            $"n{number}@example.org", AuthServices.GoodPassword, "Somebody", AuthServices.Client, TestContext.Current.CancellationToken)));

        Assert.Single(outcomes, outcome => outcome is RegisterOutcome.Registered);
    }

    [Fact]
    public async Task An_address_is_one_account_however_it_is_written()
    {
        await using var database = await EmptyDatabaseAsync();
        await using var services = database.BuildAuth();
        var auth = services.GetRequiredService<AuthService>();
        await services.GivenAccountAsync("café@example.org"); // é as one character

        var again = await auth.RegisterAsync(
            " CAFE\u0301@Example.org", AuthServices.GoodPassword, "Again", AuthServices.Client, TestContext.Current.CancellationToken);

        Assert.Contains("email", Assert.IsType<RegisterOutcome.Invalid>(again).Errors.Keys);
    }

    [Fact]
    public async Task The_demo_user_is_made_once_and_in_development_only()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await EmptyDatabaseAsync();
        await using var development = database.BuildAuth();
        await using var production = database.BuildAuth("Production", ("BCRYPT_COST", "12"));

        await Demo(production).StartAsync(cancellationToken);
        var before = await database.ScalarAsync<long>("select count(*) from users");
        await Demo(development).StartAsync(cancellationToken);
        await Demo(development).StartAsync(cancellationToken);

        Assert.Equal(0, before);
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from users where email = 'demo@trendvault.example' and role = 'admin'"));
        var outcome = await development.GetRequiredService<AuthService>().SignInAsync(DemoUser.Email, DemoUser.Password, AuthServices.Client, cancellationToken);
        Assert.IsType<SignInOutcome.Welcome>(outcome);
    }

    [Fact]
    public async Task A_weak_cost_stops_the_start_outside_development()
    {
        await using var database = await EmptyDatabaseAsync();
        await using var services = database.BuildAuth("Production");

        var e = await Assert.ThrowsAsync<StartupException>(() => Demo(services).StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("BCRYPT_COST", e.Message, StringComparison.Ordinal);
    }

    private static DemoUser Demo(IServiceProvider services) =>
        services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<DemoUser>().Single();

    private async Task<TestDatabase> EmptyDatabaseAsync()
    {
        var database = new TestDatabase(servers);
        await database.InitializeAsync();
        return database;
    }
}
