using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Data;
using TrendVault.Core.Settings;
using TrendVault.Core.Uploads;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Accounts;

/// <summary>A database of its own: a rotation is of all rows.</summary>
public sealed class KeyRotationTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly string OldKey = NewKey();
    private static readonly string NewerKey = NewKey();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await database.Db.ExecuteAsync("delete from connected_accounts", null, Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_the_previous_key_sealed_opens_with_the_new_one_alone()
    {
        await using var before = Services(OldKey);
        var owners = new[] { await GivenAccountAsync(before, "one"), await GivenAccountAsync(before, "two") };
        var upload = await GivenUploadAsync(before, "https://upload.example/session");

        await using var both = Services(NewerKey, OldKey);
        Assert.Equal(new KeyRotationResult(3, 0), await both.GetRequiredService<KeyRotation>().RotateAsync(Token));
        Assert.Equal(new KeyRotationResult(0, 0), await both.GetRequiredService<KeyRotation>().RotateAsync(Token));

        await using var after = Services(NewerKey);
        await after.GetRequiredService<KeyRotation>().RequireKeysAsync(Token);
        Assert.Equal(["one", "two"], await Task.WhenAll(owners.Select(owner => OpenAsync(after, owner))));
        Assert.Equal("https://upload.example/session", await OpenAsync(after, upload));
    }

    [Fact]
    public async Task A_rotation_that_was_ended_half_way_goes_on()
    {
        await using var before = Services(OldKey);
        var owners = new List<SecretOwner>();
        for (var i = 0; i < 5; i++)
            owners.Add(await GivenAccountAsync(before, $"token {i}"));

        await using var both = Services(NewerKey, OldKey);
        // What a killed rotation leaves: some sealed anew, and the rest not.
        var done = await both.GetRequiredService<TokenVault>().SealAsync(owners[2], "token 2", Token);
        await WriteAsync("connected_accounts", "token", owners[2].RowId, done);
        Assert.Equal(new KeyRotationResult(4, 0), await both.GetRequiredService<KeyRotation>().RotateAsync(Token));

        await using var after = Services(NewerKey);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"token {i}"), await Task.WhenAll(owners.Select(owner => OpenAsync(after, owner))));
    }

    [Fact]
    public async Task A_key_in_use_cannot_be_dropped()
    {
        await using var before = Services(OldKey);
        await GivenAccountAsync(before, "one");

        await using var dropped = Services(NewerKey);
        var e = await Assert.ThrowsAsync<StartupException>(() => dropped.GetRequiredService<KeyRotation>().RequireKeysAsync(Token));

        Assert.Contains("ENCRYPTION_KEY_PREVIOUS", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(OldKey, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_whose_key_is_lost_can_be_given_up()
    {
        await using var before = Services(OldKey);
        var owner = await GivenAccountAsync(before, "one");

        await using var after = Services(NewerKey);
        var rotation = after.GetRequiredService<KeyRotation>();
        Assert.Equal(1, await rotation.ForgetLostAsync(Token));

        await rotation.RequireKeysAsync(Token);
        Assert.Equal(new KeyRotationResult(0, 1), await rotation.RotateAsync(Token));
        Assert.Equal("reconnect_needed", await database.ScalarAsync<string>("select status from connected_accounts where id = @RowId", new { owner.RowId }));
    }

    [Fact]
    public async Task A_secret_that_does_not_open_keeps_no_other_from_being_sealed_anew()
    {
        await using var before = Services(OldKey);
        var (broken, whole) = (await GivenAccountAsync(before, "one"), await GivenAccountAsync(before, "two"));
        await database.Db.ExecuteAsync("update connected_accounts set token_blob = '\\x00' where id = @RowId", new { broken.RowId }, Token);

        await using var both = Services(NewerKey, OldKey);
        Assert.Equal(new KeyRotationResult(1, 1), await both.GetRequiredService<KeyRotation>().RotateAsync(Token));

        Assert.Equal("two", await OpenAsync(both, whole));
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static async Task<string> OpenAsync(ServiceProvider services, SecretOwner owner)
    {
        var (table, column) = owner.Purpose == "account" ? ("connected_accounts", "token") : ("upload_jobs", "handle");
        var secret = await services.GetRequiredService<Npgsql.NpgsqlDataSource>().QuerySingleOrDefaultAsync<SealedSecret>(
            $"select {column}_blob as blob, {column}_iv as iv, {column}_tag as tag, {column}_key_id as key_id from {table} where id = @RowId",
            new { owner.RowId },
            Token);
        return await services.GetRequiredService<TokenVault>().OpenAsync(owner, secret!, Token);
    }

    private async Task<SecretOwner> GivenAccountAsync(ServiceProvider services, string tokens)
    {
        var owner = SecretOwner.Account(Guid.CreateVersion7(), await database.GivenUserAsync(), Platform.YouTube);
        var secret = await services.GetRequiredService<TokenVault>().SealAsync(owner, tokens, Token);
        await database.Db.ExecuteAsync(
            """
            insert into connected_accounts (
              id, user_id, platform, platform_user_id, platform_user_name, scopes, token_blob, token_iv, token_tag, token_key_id, token_expires_at)
            values (@RowId, @UserId, 'YOUTUBE', 'UC1', 'Somebody', '{}', @Blob, @Iv, @Tag, @KeyId, now())
            """,
            new { owner.RowId, owner.UserId, secret.Blob, secret.Iv, secret.Tag, secret.KeyId },
            Token);
        return owner;
    }

    private async Task<SecretOwner> GivenUploadAsync(ServiceProvider services, string handle)
    {
        var owner = SecretOwner.Upload(Guid.CreateVersion7(), await database.GivenUserAsync(), Platform.YouTube);
        await database.Db.ExecuteAsync(
            """
            insert into upload_jobs (id, user_id, platform, channel_name, title, privacy, rights_statement)
            values (@RowId, @UserId, 'YOUTUBE', 'Somebody', 'A film', 'private', 'own')
            """,
            new { owner.RowId, owner.UserId },
            Token);
        await WriteAsync("upload_jobs", "handle", owner.RowId, await services.GetRequiredService<TokenVault>().SealAsync(owner, handle, Token));
        return owner;
    }

    private Task<int> WriteAsync(string table, string column, Guid id, SealedSecret secret) => database.Db.ExecuteAsync(
        $"update {table} set {column}_blob = @Blob, {column}_iv = @Iv, {column}_tag = @Tag, {column}_key_id = @KeyId where id = @id",
        new { id, secret.Blob, secret.Iv, secret.Tag, secret.KeyId },
        Token);

    private ServiceProvider Services(string key, string? previous = null) =>
        database.BuildServices(
            (services, configuration) => services.AddSettings<VaultOptions>(configuration).AddSingleton<TokenVault>().AddSingleton<AccountLocks>().AddSingleton<AccountSecrets>().AddSingleton<ISealedRows, UploadSecrets>().AddSingleton<KeyRotation>().AddLogging(),
            [("ENCRYPTION_KEY", key), .. previous is null ? [] : new[] { ("ENCRYPTION_KEY_PREVIOUS", previous) }]);
}
