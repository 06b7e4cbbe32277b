using System.Net.Sockets;
using System.Runtime.InteropServices;
using TrendVault.Core.Egress;

namespace TrendVault.Core.Media;

/// <summary>
/// The one way out of a child's own network. A launcher inside makes a listening socket there and hands it over through a unix socket
/// that is open once and gone afterwards; TrendVault accepts on it directly, so that no byte makes a detour through another process.
/// </summary>
internal sealed partial class NetworkDoor : IDisposable
{
    private const int PassedRights = 1;

    // MSG_CMSG_CLOEXEC: no other child inherits it.
    private const int CloseOnExec = 0x40000000;

    private readonly Socket _door = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    // The name is short wherever the data folder is: the address of a unix socket has room for 108 bytes.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory(EmptyHome.TempPrefix);

    public NetworkDoor()
    {
        Path = System.IO.Path.Combine(_folder.FullName, "door");
        _door.Bind(new UnixDomainSocketEndPoint(Path));
        _door.Listen(1);
    }

    /// <summary>Of the socket, in a folder of its own that only TrendVault's user may enter.</summary>
    public string Path { get; }

    /// <summary>True once the child's listening socket has come.</summary>
    public bool WasUsed { get; private set; }

    /// <summary>Waits for the child's listening socket and has it served until the token ends that.</summary>
    public async Task ServeAsync(ILoopbackServer server, CancellationToken cancellationToken)
    {
        using var messenger = await _door.AcceptAsync(cancellationToken);
        // Until the message is there; it is taken below, with what it carries.
        await messenger.ReceiveAsync(new byte[1], SocketFlags.Peek, cancellationToken);
        using var listener = new Socket(new SafeSocketHandle(TakeDescriptor(messenger), ownsHandle: true));
        WasUsed = true;
        var serving = server.ServeAsync(listener, cancellationToken);
        // The launcher waits for this before it becomes the program.
        messenger.Dispose();
        Dispose();
        await serving;
    }

    public void Dispose()
    {
        _door.Dispose();
        if (Directory.Exists(_folder.FullName))
            _folder.Delete(recursive: true);
    }

    private static nint TakeDescriptor(Socket messenger)
    {
        // A header (length, level, type) and one descriptor; pinned, because the kernel writes there.
        var control = GC.AllocateArray<byte>(64, pinned: true);
        var data = GC.AllocateArray<byte>(1, pinned: true);
        var pieces = GC.AllocateArray<nint>(2, pinned: true);
        (pieces[0], pieces[1]) = (Address(data), data.Length);
        var message = new Message { Pieces = Address(pieces), PieceCount = 1, Control = Address(control), ControlLength = control.Length };

        if (ReceiveMessage((int)messenger.Handle, ref message, CloseOnExec) < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
        var type = BitConverter.ToInt32(control, nint.Size + sizeof(int));
        if (message.ControlLength < nint.Size + (3 * sizeof(int)) || type != PassedRights)
            throw new InvalidDataException("The launcher handed over no socket.");
        return BitConverter.ToInt32(control, nint.Size + (2 * sizeof(int)));
    }

    private static nint Address<T>(T[] pinned) => Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);

    [DllImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static extern nint ReceiveMessage(int socket, ref Message message, int flags);

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public nint Name;
        public nint NameLength;
        public nint Pieces;
        public nint PieceCount;
        public nint Control;
        public nint ControlLength;
        public int Flags;
    }
}
