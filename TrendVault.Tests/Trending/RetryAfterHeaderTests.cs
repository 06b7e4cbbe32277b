using System.Net.Http.Headers;
using TrendVault.Core;

namespace TrendVault.Tests.Trending;

public sealed class RetryAfterHeaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", 0)]
    [InlineData("Fri, 20 Nov 2026 12:02:00 GMT", 120)]
    [InlineData("Fri, 20 Nov 2026 11:00:00 GMT", 0)]
    [InlineData("31536000", 86_400)]
    [InlineData("Sat, 20 Nov 2027 12:00:00 GMT", 86_400)]
    public void Both_forms_say_how_long_to_wait_and_none_says_more_than_a_day(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryConditionHeaderValue.Parse(text).WaitFrom(Now));

    [Fact]
    public void Without_the_header_nothing_is_said() => Assert.Null(default(RetryConditionHeaderValue).WaitFrom(Now));
}
