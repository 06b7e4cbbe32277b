using System.Net;

namespace TrendVault.Core.Uploads;

/// <summary>A piece of a stored object as the body of a request, through one small buffer.</summary>
/// <param name="file">Where it is read from.</param>
/// <param name="from">The piece's first byte.</param>
/// <param name="to">The byte after its last.</param>
/// <param name="report">Hears how far it is, from the file's beginning.</param>
internal sealed class ChunkContent(ObjectStream file, long from, long to, Action<long> report) : HttpContent
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>What went wrong on this side of the wire; the client's exceptions do not tell.</summary>
    public Exception? ReadFailure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        file.Position = from;
        var buffer = new byte[BufferBytes];
        while (file.Position < to)
        {
            var read = await ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, to - file.Position)), cancellationToken);
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            report(file.Position);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = to - from;
        return true;
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await file.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e)
        {
            ReadFailure = e;
            throw;
        }
    }
}
