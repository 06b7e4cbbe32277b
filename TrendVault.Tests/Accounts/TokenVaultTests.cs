using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Settings;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Accounts;

public sealed class TokenVaultTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly string FirstKey = NewKey();
    private static readonly string SecondKey = NewKey();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_sealed_opens_for_its_owner_and_is_never_sealed_the_same_twice()
    {
        var owner = await GivenOwnerAsync();
        await using var services = Services(FirstKey);
        var vault = services.GetRequiredService<TokenVault>();

        var once = await vault.SealAsync(owner, "ya29.secret", Token);
        var twice = await vault.SealAsync(owner, "ya29.secret", Token);

        Assert.Equal("ya29.secret", await vault.OpenAsync(owner, once, Token));
        Assert.NotEqual(once.Iv, twice.Iv);
        Assert.NotEqual(once.Blob, twice.Blob);
        Assert.Equal((12, 16), (once.Iv.Length, once.Tag.Length));
    }

    [Fact]
    public async Task It_opens_for_nobody_and_nothing_else()
    {
        var owner = await GivenOwnerAsync();
        var another = await GivenOwnerAsync();
        await using var services = Services(FirstKey);
        var vault = services.GetRequiredService<TokenVault>();
        var secret = await vault.SealAsync(owner, "ya29.secret", Token);

        foreach (var wrong in new[] { owner with { RowId = another.RowId }, owner with { UserId = another.UserId }, owner with { Platform = Platform.TikTok }, owner with { Purpose = "upload" } })
            await Assert.ThrowsAsync<SealBrokenException>(() => vault.OpenAsync(wrong, secret, Token));
    }

    [Fact]
    public async Task A_changed_bit_anywhere_is_refused()
    {
        var owner = await GivenOwnerAsync();
        await using var services = Services(FirstKey);
        var vault = services.GetRequiredService<TokenVault>();
        var secret = await vault.SealAsync(owner, "ya29.secret", Token);

        foreach (var part in new[] { secret.Blob, secret.Iv, secret.Tag })
        {
            part[0] ^= 1;
            await Assert.ThrowsAsync<SealBrokenException>(() => vault.OpenAsync(owner, secret, Token));
            part[0] ^= 1;
        }

        Assert.Equal("ya29.secret", await vault.OpenAsync(owner, secret, Token));
    }

    [Fact]
    public async Task The_previous_key_opens_and_only_the_new_one_seals()
    {
        var owner = await GivenOwnerAsync();
        await using var before = Services(FirstKey);
        var old = await before.GetRequiredService<TokenVault>().SealAsync(owner, "ya29.secret", Token);

        await using var rotated = Services(SecondKey, ("ENCRYPTION_KEY_PREVIOUS", FirstKey));
        Assert.Equal("ya29.secret", await rotated.GetRequiredService<TokenVault>().OpenAsync(owner, old, Token));
        Assert.NotEqual(old.KeyId, (await rotated.GetRequiredService<TokenVault>().SealAsync(owner, "ya29.secret", Token)).KeyId);

        await using var dropped = Services(SecondKey);
        await Assert.ThrowsAsync<SealBrokenException>(() => dropped.GetRequiredService<TokenVault>().OpenAsync(owner, old, Token));
    }

    [Theory]
    [InlineData("ENCRYPTION_KEY", "")]
    [InlineData("ENCRYPTION_KEY", "not base64")]
    [InlineData("ENCRYPTION_KEY", "c2hvcnQ=")]
    [InlineData("ENCRYPTION_KEY_PREVIOUS", "c2hvcnQ=")]
    public void A_wrong_key_is_told_in_one_sentence_that_names_the_setting(string setting, string value)
    {
        var options = new VaultOptions { Key = FirstKey };
        if (setting == "ENCRYPTION_KEY")
            options.Key = value;
        else
            options.PreviousKey = value;

        var sentence = Assert.Single(options.Validate(new(options))).ErrorMessage!;

        Assert.StartsWith(setting + " must be", sentence, StringComparison.Ordinal);
        Assert.True(value.Length == 0 || !sentence.Contains(value, StringComparison.Ordinal), "the value is a secret");
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private async Task<SecretOwner> GivenOwnerAsync() =>
        SecretOwner.Account(Guid.CreateVersion7(), await database.GivenUserAsync(), Platform.YouTube);

    private ServiceProvider Services(string key, params (string Name, string Value)[] more) =>
        database.BuildServices(
            (services, configuration) => services.AddSettings<VaultOptions>(configuration).AddSingleton<TokenVault>(),
            [("ENCRYPTION_KEY", key), .. more]);
}
