using System.Buffers.Text;
using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TrendVault.Core.Auth;

namespace TrendVault.Tests.Auth;

public sealed class AccessTokenTests
{
    private const string Secret = "a secret for tests that is 32 bytes long";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly AccessTokens _tokens;
    private readonly string _good;

    public AccessTokenTests()
    {
        _tokens = Tokens(Secret);
        _good = _tokens.Issue(Guid.CreateVersion7(), Guid.CreateVersion7());
    }

    [Fact]
    public async Task A_token_says_who_and_in_which_session_for_an_hour()
    {
        var (userId, sessionId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var token = _tokens.Issue(userId, sessionId);

        var read = await _tokens.ReadAsync(token);

        Assert.Equal((userId, sessionId), (read!.UserId, read.SessionId));
        Assert.InRange(read.ExpiresAt - _time.GetUtcNow(), TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        Assert.Equal("at+jwt", new JsonWebToken(token).Typ);
    }

    [Fact]
    public async Task A_token_ends_with_thirty_seconds_of_patience()
    {
        _time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(25));
        Assert.NotNull(await _tokens.ReadAsync(_good));

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await _tokens.ReadAsync(_good));
    }

    [Fact]
    public async Task A_token_without_a_signature_is_refused()
    {
        var parts = _good.Split('.');
        var none = Base64Url.EncodeToString("""{"alg":"none","typ":"at+jwt"}"""u8);

        Assert.Null(await _tokens.ReadAsync($"{none}.{parts[1]}."));
        Assert.Null(await _tokens.ReadAsync($"{none}.{parts[1]}.{parts[2]}"));
        Assert.Null(await _tokens.ReadAsync($"{parts[0]}.{parts[1]}."));
    }

    [Fact]
    public async Task A_token_under_another_key_or_key_id_is_refused()
    {
        var other = Tokens("another secret that is long enough too").Issue(Guid.CreateVersion7(), Guid.CreateVersion7());
        var unnamed = Forge(key => key.KeyId = "someone-else", _ => { });

        Assert.Null(await _tokens.ReadAsync(other));
        Assert.Null(await _tokens.ReadAsync(unnamed));
    }

    [Fact]
    public async Task A_token_for_something_else_is_refused()
    {
        Assert.NotNull(await _tokens.ReadAsync(Forge(_ => { }, _ => { })));
        Assert.Null(await _tokens.ReadAsync(Forge(_ => { }, token => token.TokenType = "JWT")));
        Assert.Null(await _tokens.ReadAsync(Forge(_ => { }, token => token.Issuer = "somebody")));
        Assert.Null(await _tokens.ReadAsync(Forge(_ => { }, token => token.Audience = "something")));
        Assert.Null(await _tokens.ReadAsync(Forge(_ => { }, token => token.Expires = null)));
        Assert.Null(await _tokens.ReadAsync(Forge(_ => { }, token => token.Expires = _time.GetUtcNow().AddDays(1).UtcDateTime)));
        Assert.Null(await _tokens.ReadAsync(Forge(_ => { }, token => token.Subject = new ClaimsIdentity([new Claim("sub", Guid.NewGuid().ToString())]))));
        Assert.Null(await _tokens.ReadAsync("not a token"));
        Assert.Null(await _tokens.ReadAsync(""));
    }

    // Signed with the right secret: what a rule refuses is refused by that rule.
    private string Forge(Action<SymmetricSecurityKey> changeKey, Action<SecurityTokenDescriptor> change)
    {
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Secret)) { KeyId = new JsonWebToken(_good).Kid };
        changeKey(key);
        var token = new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = "trendvault",
            Audience = "trendvault-api",
            Expires = _time.GetUtcNow().AddMinutes(5).UtcDateTime,
            Subject = new ClaimsIdentity([new Claim("sub", Guid.NewGuid().ToString()), new Claim("sid", Guid.NewGuid().ToString())]),
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        };
        change(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    private AccessTokens Tokens(string secret) => new(Options.Create(new AuthOptions { JwtSecret = secret }), _time);
}
