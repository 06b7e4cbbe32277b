using Microsoft.Extensions.Options;
using TrendVault.Core.Auth;

namespace TrendVault.Tests.Auth;

public sealed class PasswordRulesTests
{
    private readonly PasswordRules _rules = new(Options.Create(new AuthOptions()));

    [Theory]
    [InlineData("elevenchars", "at least 12")]
    [InlineData("passwordpassword", "commonest")]
    [InlineData("PASSWORDPASSWORD", "commonest")]
    [InlineData("aaaaaaaaaaaaaaaa", "commonest")]
    [InlineData("abababababababab", "commonest")]
    [InlineData("abcdefghijklmnop", "commonest")]
    [InlineData("890123456789012", "commonest")]
    [InlineData("ada.lovelace@example.org", "e-mail")]
    [InlineData("TrendVault2026", "TrendVault")]
    [InlineData("ada-lovelace-1815", "e-mail")]
    public void A_guessable_password_is_refused_with_its_reason(string password, string reason) =>
        Assert.Contains(reason, _rules.Refusal(password, "ada.lovelace@example.org"), StringComparison.Ordinal);

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("  spaces around it  ")]
    [InlineData("пароль-из-слов-и-черт")]
    [InlineData("🦊🐢🦉🐝🐙🦋🐌🐞🦔🐿🦇🐸")]
    [InlineData(DemoUser.Password)]
    public void Any_characters_make_a_password(string password) =>
        Assert.Null(_rules.Refusal(password, "ada.lovelace@example.org"));

    [Fact]
    public void A_password_has_at_most_128_characters()
    {
        var longest = string.Concat(Enumerable.Range(0, 32).Select(n => $"{n:00}ä "));

        Assert.Null(_rules.Refusal(longest, "ada@example.org"));
        Assert.Contains("at most 128", _rules.Refusal(longest + "x", "ada@example.org"), StringComparison.Ordinal);
    }
}
