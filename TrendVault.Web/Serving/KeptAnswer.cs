using System.Buffers;
using System.Text;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web;

/// <summary>An answer as bytes, with gaps for what differs each time it is sent.</summary>
internal sealed class KeptAnswer
{
    private readonly List<(ReadOnlyMemory<byte> Before, int Gap)> _pieces = [];
    private readonly ReadOnlyMemory<byte> _last;

    /// <param name="answer">As it was made once.</param>
    /// <param name="marks">Texts that become gaps, wherever they stand in it.</param>
    public KeptAnswer(ReadOnlyMemory<byte> answer, params string[] marks)
    {
        Size = answer.Length;
        var patterns = marks.Select(Encoding.UTF8.GetBytes).ToList();
        while (NextGap(answer.Span, patterns) is ( >= 0 and var at, var gap))
        {
            _pieces.Add((answer[..at], gap));
            answer = answer[(at + patterns[gap].Length)..];
        }

        _last = answer;
    }

    /// <summary>In bytes.</summary>
    public int Size { get; }

    public bool HasGaps => _pieces.Count > 0;

    /// <summary>Sends it whole; <paramref name="fills"/> are the marks' texts of now.</summary>
    public async Task SendAsync(HttpResponse response, string contentType, params string[] fills)
    {
        response.ContentType = contentType;
        response.ContentLength = LengthWith(fills);
        if (HttpMethods.IsHead(response.HttpContext.Request.Method))
            return;

        var writer = response.BodyWriter;
        foreach (var (before, gap) in _pieces)
        {
            writer.Write(before.Span);
            Encoding.UTF8.GetBytes(fills[gap], writer);
        }

        writer.Write(_last.Span);
        await writer.FlushAsync(response.HttpContext.RequestAborted);
    }

    private long LengthWith(string[] fills)
    {
        long length = _last.Length;
        foreach (var (before, gap) in _pieces)
            length += before.Length + Encoding.UTF8.GetByteCount(fills[gap]);
        return length;
    }

    private static (int At, int Gap) NextGap(ReadOnlySpan<byte> answer, List<byte[]> patterns)
    {
        var (first, gap) = (-1, -1);
        for (var n = 0; n < patterns.Count; n++)
        {
            var at = answer.IndexOf(patterns[n]);
            if (at >= 0 && (first < 0 || at < first))
                (first, gap) = (at, n);
        }

        return (first, gap);
    }
}
