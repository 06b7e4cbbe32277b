using Microsoft.Extensions.Caching.Memory;

namespace TrendVault.Web;

/// <summary>
/// What is the same for everybody, for a minute at most. A key names all that its value was made of: then what was made of something
/// older is never found again. Nothing that is one user's alone belongs in here.
/// </summary>
internal sealed class MinuteCache : IDisposable
{
    // Some 300 pages.
    private const long MaxBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _values = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    public T? Find<T>(object key) where T : class => _values.Get<T>(key);

    /// <param name="key">Equal to another that names the same.</param>
    /// <param name="value">Never changes from now on.</param>
    /// <param name="bytes">About what it takes.</param>
    public void Keep<T>(object key, T value, long bytes) where T : class =>
        _values.Set(key, value, new MemoryCacheEntryOptions { Size = bytes, AbsoluteExpirationRelativeToNow = KeptFor });

    public void Dispose() => _values.Dispose();
}
