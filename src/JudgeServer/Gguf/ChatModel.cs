using LLama;
using LLama.Common;
using LLama.Native;
using Tppo.Core;
using Tppo.Core.Numerics;
using Tppo.JudgeServer.Requests;

namespace Tppo.JudgeServer.Gguf;

/// <summary>A chat model from a GGUF file, on the CPU. One answer at a time; the same request has the same answer.</summary>
internal sealed class ChatModel : IDisposable
{
    private const int Chunk = 64;
    private readonly LLamaWeights weights;
    private readonly LLamaContext context;
    private readonly TokenCache cache;
    private readonly ChatPrompt prompts;

    private ChatModel(LLamaWeights weights, LLamaContext context, string file)
    {
        (this.weights, this.context, Name) = (weights, context, Path.GetFileNameWithoutExtension(file));
        cache = new TokenCache(context.NativeHandle, Chunk);
        prompts = new ChatPrompt(weights);
        ContextTokens = (int)context.ContextSize;
    }

    /// <summary>The file's name.</summary>
    public string Name { get; }

    /// <summary>Most tokens of a question and its answer.</summary>
    public int ContextTokens { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="file">The GGUF file.</param>
    /// <param name="contextTokens">Most tokens of a question and its answer; fewer where the model was made for fewer.</param>
    /// <param name="threads">Threads to compute on.</param>
    /// <exception cref="UserException">The file is no chat model.</exception>
    public static ChatModel Open(string file, int contextTokens, int threads)
    {
        GgufFile.Open(file).Dispose();
        NativeLog.Quiet();
        var parameters = new ModelParams(file)
        {
            ContextSize = (uint)contextTokens,
            BatchSize = Chunk,
            UBatchSize = Chunk,
            GpuLayerCount = 0,
            Threads = threads,
            BatchThreads = threads,
        };
        LLamaWeights? weights = null;
        LLamaContext? context = null;
        try
        {
            weights = LLamaWeights.LoadFromFile(parameters);
            if (weights.ContextSize > 0 && weights.ContextSize < contextTokens) parameters.ContextSize = (uint)weights.ContextSize;
            context = weights.CreateContext(parameters);
            var model = new ChatModel(weights, context, file);
            _ = model.prompts.Tokens([new ChatMessage("user", "?")]);
            return model;
        }
        catch (Exception e) when (e is LLama.Exceptions.RuntimeError or InvalidDataException)
        {
            context?.Dispose();
            weights?.Dispose();
            throw new UserException($"{file}: {(NativeLog.LastFault is { Length: > 0 } fault ? fault : e.Message)}", e);
        }
    }

    /// <summary>The question as tokens, checked to fit.</summary>
    /// <exception cref="RequestException">It is too long.</exception>
    public int[] Prompt(CompletionRequest request)
    {
        var prompt = prompts.Tokens(request.Messages);
        var asked = prompt.Length + (request.TokensMax ?? 1);
        return asked <= ContextTokens ? prompt : throw RequestException.TooLong(ContextTokens, asked);
    }

    /// <summary>Answers.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="prompt">Its tokens, by <see cref="Prompt"/>.</param>
    /// <param name="wrote">Told of text as it is written.</param>
    /// <param name="cancellation">Gives up.</param>
    public Generated Answer(CompletionRequest request, int[] prompt, Action<string> wrote, CancellationToken cancellation)
    {
        var random = SeededRandom.For("chat answer", request.Seed);
        var most = Math.Min(request.TokensMax ?? int.MaxValue, ContextTokens - prompt.Length);
        var text = new TokenText(weights, wrote);
        var kept = cache.Begin(prompt, cancellation);
        var tokens = request.Form is { } form
            ? FormWriter.Write(form, prompts.Tokens, among => Sampling.Token(cache.Logits(), among, request.Temperature, random))
            : Free(request.Temperature, random);
        var count = 0;
        var isCut = false;
        foreach (var token in tokens)
        {
            cancellation.ThrowIfCancellationRequested();
            isCut = count == most;
            if (isCut) break;
            text.Add(token);
            cache.Append([token]);
            count++;
        }

        return new Generated(text.End(), isCut, prompt.Length, count, kept);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        context.Dispose();
        weights.Dispose();
    }

    private IEnumerable<int> Free(double temperature, SeededRandom random)
    {
        while (true)
        {
            var token = Sampling.Token(cache.Logits(), temperature, random);
            if (((LLamaToken)token).IsEndOfGeneration(weights.Vocab)) yield break;
            yield return token;
        }
    }
}
