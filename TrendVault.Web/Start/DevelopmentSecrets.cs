using System.Security.Cryptography;
using TrendVault.Core;
using TrendVault.Core.Settings;

namespace TrendVault.Web;

/// <summary>
/// <c>JWT_SECRET</c> and <c>ENCRYPTION_KEY</c>: in Development each is made once and kept in the data folder; in Production they are
/// the operator's, and without them TrendVault does not start.
/// </summary>
internal static class DevelopmentSecrets
{
    private static readonly string[] Names = ["JWT_SECRET", "ENCRYPTION_KEY"];

    public static void FillIn(WebApplicationBuilder builder)
    {
        foreach (var name in Names.Where(name => string.IsNullOrWhiteSpace(builder.Configuration[name])))
        {
            if (!builder.Environment.IsDevelopment())
                throw new StartupException($"{name} is not set. Make one with: openssl rand -base64 32");

            var folder = Path.GetFullPath(builder.Configuration.ReadSettings<FolderOptions>().DataFolder);
            builder.Configuration[name] = ReadOrMake(Path.Combine(folder, "secrets", name));
        }
    }

    private static string ReadOrMake(string path)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.WriteAllText(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return File.ReadAllText(path);
    }
}
