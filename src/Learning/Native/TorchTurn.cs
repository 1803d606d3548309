namespace Tppo.Learning.Native;

/// <summary>
/// Whose turn it is to use torch in this process. Two users at once make each other's threads spin, and dispose scopes and
/// gradient modes belong to a thread: take a turn, work synchronously on one thread, dispose the turn.
/// </summary>
public static class TorchTurn
{
    private static readonly SemaphoreSlim Semaphore = new(1, 1);

    /// <summary>Waits until torch is free and holds it until the result is disposed. Not re-entrant.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled while waiting.</exception>
    public static IDisposable Take(CancellationToken cancellationToken)
    {
        Semaphore.Wait(cancellationToken);
        return new Turn();
    }

    private sealed class Turn : IDisposable
    {
        private bool over;

        public void Dispose()
        {
            if (over) return;
            over = true;
            Semaphore.Release();
        }
    }
}
