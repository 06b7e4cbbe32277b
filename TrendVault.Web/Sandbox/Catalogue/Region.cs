namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>A country that the sandbox has charts for, with the languages spoken in them, the likeliest first.</summary>
internal sealed record Region(int Index, string Code, IReadOnlyList<Tongue> Tongues)
{
    public static IReadOnlyList<Region> All { get; } =
    [
        new(0, "US", [Tongue.English, Tongue.English, Tongue.English, Tongue.Spanish]),
        new(1, "GB", [Tongue.English, Tongue.English, Tongue.English, Tongue.English, Tongue.Arabic]),
        new(2, "JP", [Tongue.Japanese]),
        new(3, "KR", [Tongue.Korean]),
        new(4, "BR", [Tongue.Portuguese]),
        new(5, "IN", [Tongue.Hindi, Tongue.Hindi, Tongue.English]),
        new(6, "DE", [Tongue.German, Tongue.German, Tongue.German, Tongue.English]),
        new(7, "FR", [Tongue.French, Tongue.French, Tongue.French, Tongue.Arabic]),
        new(8, "AU", [Tongue.English]),
        new(9, "CA", [Tongue.English, Tongue.English, Tongue.French]),
        new(10, "MX", [Tongue.Spanish]),
        new(11, "VN", [Tongue.Vietnamese]),
    ];

    private static readonly IReadOnlyList<Tongue> WorldTongues =
        [Tongue.English, Tongue.English, Tongue.Korean, Tongue.Spanish, Tongue.Portuguese, Tongue.Japanese];

    public static Region? Find(string code) => All.FirstOrDefault(region => region.Code.Equals(code, StringComparison.OrdinalIgnoreCase));

    public static IReadOnlyList<Tongue> TonguesOf(int region) => region == StreamKey.World ? WorldTongues : All[region].Tongues;
}
