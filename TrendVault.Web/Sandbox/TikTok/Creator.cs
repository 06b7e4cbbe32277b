namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>Someone with a TikTok account, who can say yes on its consent page.</summary>
/// <param name="OpenId">Of this person towards this app.</param>
/// <param name="Email">Told to no app; the switches name people by it.</param>
internal sealed record Creator(string OpenId, string Name, string Email)
{
    public static IReadOnlyList<Creator> All { get; } =
    [
        new("afd97af1-b87b-48b9-ac98-410aghda5344", "Ada on the Road", "ada@example.com"),
        new("b04c2e77-5d1e-4c0a-9f31-77e1bkitchen", "Ben's Slow Kitchen", "ben@example.com"),
    ];

    public static Creator? ById(string? openId) => All.FirstOrDefault(creator => creator.OpenId == openId);

    public static Creator? ByEmail(string? email) => All.FirstOrDefault(creator => creator.Email == email);
}
