namespace Tppo.Hosting.Judges.Chat;

/// <summary>A body as it comes, bounded in size and in how long it may pause.</summary>
/// <param name="most">Most bytes.</param>
internal sealed class ReceivedBody(int most)
{
    private const int First = 4096;
    private byte[] buffer = new byte[First];
    private int length;

    /// <summary>What has come.</summary>
    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, length);

    /// <summary>Reads to the end, or as much as is wanted.</summary>
    /// <exception cref="OperationCanceledException">Nothing came for too long.</exception>
    /// <exception cref="ChatException">There is more than can be an answer.</exception>
    public async Task ReadAsync(Stream stream, TimeSpan idleMax, TimeProvider clock, CancellationToken cancellation, int wanted = int.MaxValue)
    {
        using var idle = new CancellationTokenSource(idleMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellation);
        while (length < wanted)
        {
            if (length == buffer.Length)
            {
                if (length >= most)
                    throw new ChatException(FailureKind.Broken, $"expected an answer of at most {most} bytes, found more") { BytesReceived = length };
                Array.Resize(ref buffer, Math.Min(most, length * 2));
            }

            var read = await stream.ReadAsync(buffer.AsMemory(length), either.Token);
            if (read == 0) return;
            length += read;
            idle.CancelAfter(idleMax);
        }
    }
}
