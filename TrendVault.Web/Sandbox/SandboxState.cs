using System.Text.Json;
using TrendVault.Web.Sandbox.Apify;
using TrendVault.Web.Sandbox.Google;
using TrendVault.Web.Sandbox.TikTok;
using TrendVault.Web.Sandbox.YouTube;

namespace TrendVault.Web.Sandbox;

/// <summary>
/// What the sandbox must not forget when the app restarts, in one JSON file: a connected account and an upload under way outlive
/// their process, as they would on the real platforms. Everything in it is invented, so nothing in it is encrypted.
/// </summary>
internal sealed class SandboxState
{
    private readonly Lock _gate = new();
    private readonly string _file;
    private readonly Saved _saved;

    public SandboxState(string folder)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _file = Path.Combine(folder, "state.json");
        _saved = File.Exists(_file) ? JsonSerializer.Deserialize<Saved>(File.ReadAllBytes(_file), SandboxJson.Lean)! : new Saved();
    }

    public T Read<T>(Func<Saved, T> read)
    {
        lock (_gate)
            return read(_saved);
    }

    public T Change<T>(Func<Saved, T> change)
    {
        lock (_gate)
        {
            var result = change(_saved);
            Write();
            return result;
        }
    }

    public void Change(Action<Saved> change) => Change(saved =>
    {
        change(saved);
        return true;
    });

    // A file that is swapped in whole is never half written, whenever the process dies.
    private void Write()
    {
        var fresh = _file + ".new";
        File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(_saved, SandboxJson.Lean));
        File.Move(fresh, _file, overwrite: true);
    }

    public sealed class Saved
    {
        public List<Grant> Grants { get; init; } = [];

        public List<CreatorGrant> CreatorGrants { get; init; } = [];

        public List<Draft> Drafts { get; init; } = [];

        public List<UploadSession> Uploads { get; init; } = [];

        public List<UploadedVideo> Videos { get; init; } = [];

        /// <summary>By channel: the SHA-256 of its watermark.</summary>
        public Dictionary<string, string> Watermarks { get; init; } = [];

        /// <summary>By channel: until when it takes no uploads.</summary>
        public Dictionary<string, DateTimeOffset> UploadLimits { get; init; } = [];

        public List<ApifyRun> Runs { get; init; } = [];
    }
}
