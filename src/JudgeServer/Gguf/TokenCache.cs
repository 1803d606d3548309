using LLama.Native;

namespace Tppo.JudgeServer.Gguf;

/// <summary>
/// What a context has read. A prompt is read in chunks of a fixed size, and only whole chunks are kept for the next prompt that
/// begins alike: so what is kept is, bit for bit, what would be read again, and an answer depends on its request alone.
/// </summary>
/// <param name="context">The context, used by nobody else.</param>
/// <param name="chunk">Tokens read at a time.</param>
internal sealed class TokenCache(SafeLLamaContextHandle context, int chunk)
{
    private readonly LLamaBatch batch = new();
    private readonly List<int> kept = []; // whole chunks of a prompt
    private readonly List<int> pending = [];
    private int read;

    /// <summary>Tokens so far, read or about to be.</summary>
    public int Count => read + pending.Count;

    /// <summary>Begins a prompt anew; what it shares with the one before, in whole chunks, is not read again.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="cancellation">Stops between chunks; what was read by then is kept.</param>
    /// <returns>How many tokens that spares.</returns>
    public int Begin(ReadOnlySpan<int> prompt, CancellationToken cancellation)
    {
        var shared = 0;
        // The last token is always read: its logits are wanted.
        var most = Math.Min(kept.Count, prompt.Length - 1);
        while (shared < most && kept[shared] == prompt[shared]) shared++;
        shared -= shared % chunk;
        kept.RemoveRange(shared, kept.Count - shared);
        pending.Clear();
        context.MemorySequenceRemove(LLamaSeqId.Zero, shared, -1);
        read = shared;
        while (prompt.Length - read > chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = prompt.Slice(read, chunk);
            Append(next);
            Read();
            kept.AddRange(next);
        }

        Append(prompt[read..]);
        return shared;
    }

    /// <summary>Puts tokens after what is there; they are read when logits are wanted.</summary>
    public void Append(ReadOnlySpan<int> tokens)
    {
        foreach (var token in tokens) pending.Add(token);
    }

    /// <summary>Logits of what comes next, over the vocabulary; valid until more is read.</summary>
    public Span<float> Logits()
    {
        Read();
        return context.GetLogitsIth(batch.TokenCount - 1);
    }

    private void Read()
    {
        for (var at = 0; at < pending.Count; at += chunk)
        {
            batch.Clear();
            var count = Math.Min(chunk, pending.Count - at);
            for (var i = 0; i < count; i++) batch.Add(pending[at + i], read + i, LLamaSeqId.Zero, logits: at + i == pending.Count - 1);
            var result = context.Decode(batch);
            if (result != DecodeResult.Ok) throw new InvalidOperationException($"the model read no further at token {read}: {result}");
            read += count;
        }

        pending.Clear();
    }
}
