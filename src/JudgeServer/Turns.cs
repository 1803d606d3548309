using Tppo.JudgeServer.Requests;

namespace Tppo.JudgeServer;

/// <summary>One at a time, in order of coming; a bounded number waits.</summary>
/// <param name="waitingMax">How many may wait.</param>
internal sealed class Turns(int waitingMax) : IDisposable
{
    private readonly SemaphoreSlim free = new(1);
    private int waiting;

    /// <summary>Waits for a turn; disposing what is given ends it.</summary>
    /// <exception cref="RequestException">Too many wait already.</exception>
    public async Task<IDisposable> NextAsync(CancellationToken cancellation)
    {
        if (free.Wait(0, CancellationToken.None)) return new Turn(free);
        var before = Interlocked.Increment(ref waiting) - 1;
        try
        {
            if (before >= waitingMax) throw RequestException.Busy(before);
            await free.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }

        return new Turn(free);
    }

    /// <summary>Waits for the turn after which there is none.</summary>
    public Task LastAsync() => free.WaitAsync();

    /// <inheritdoc/>
    public void Dispose() => free.Dispose();

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        private int isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isOver, 1) == 0) free.Release();
        }
    }
}
