namespace TrendVault.Web.Sandbox.Google;

/// <summary>Someone who can say yes on the consent page.</summary>
internal sealed record Identity(string Sub, string Name, string GivenName, string FamilyName, string Email, IdentityChannel? Channel)
{
    public static IReadOnlyList<Identity> All { get; } =
    [
        new("110169484474386276334", "Ada Lind", "Ada", "Lind", "ada@example.com",
            new("UCadaDrivesSandboxChan01", "Ada Drives", "@adadrives", 149_800, 312, LongUploads: true)),
        new("110169484474386276335", "Ben Okafor", "Ben", "Okafor", "ben@example.com",
            new("UCbenCooksSandboxChan002", "Ben Cooks Slowly", "@bencooks", 310, 14, LongUploads: false)),
        new("110169484474386276336", "Chris Bell", "Chris", "Bell", "chris@example.com", Channel: null),
    ];

    public static Identity? BySub(string sub) => All.FirstOrDefault(identity => identity.Sub == sub);

    public static Identity? ByEmail(string? email) => All.FirstOrDefault(identity => identity.Email == email);

    public static Identity? ByChannel(string? channelId) => All.FirstOrDefault(identity => identity.Channel is { } channel && channel.Id == channelId);

    /// <summary>The playlist that holds a channel's uploads.</summary>
    public static string UploadsOf(string channelId) => "UU" + channelId[2..];
}

/// <summary>The channel of an <see cref="Identity"/>.</summary>
/// <param name="LongUploads">Whether it is verified for videos over 15 minutes.</param>
internal sealed record IdentityChannel(string Id, string Title, string Handle, long Subscribers, int Videos, bool LongUploads);
