using System.Text;
using LLama;
using Tppo.JudgeServer.Requests;

namespace Tppo.JudgeServer.Gguf;

/// <summary>
/// A conversation in the model's own chat template, as tokens. The template's marks are special tokens; a person's text never is,
/// even where it looks like one.
/// </summary>
internal sealed class ChatPrompt(LLamaWeights weights)
{
    // Stands for a message while the template is filled; no text holds it, for it is drawn anew in each process.
    private readonly string stand = $"\u241f{Guid.NewGuid():N}\u241f";

    /// <summary>The prompt, up to where the answer begins.</summary>
    /// <exception cref="InvalidDataException">The model has no chat template, or one that is not known here.</exception>
    public int[] Tokens(IReadOnlyList<ChatMessage> messages)
    {
        var marks = Fill(messages).Split(stand);
        if (marks.Length != messages.Count + 1) throw new InvalidDataException("a chat template that repeats or leaves out messages is not supported");
        var tokens = new List<int>();
        for (var i = 0; i < marks.Length; i++)
        {
            Add(tokens, marks[i], isFirst: i == 0, special: true);
            if (i < messages.Count) Add(tokens, messages[i].Content, isFirst: false, special: false);
        }

        return [.. tokens];
    }

    /// <summary>Text as tokens, none of them special.</summary>
    public int[] Tokens(string text)
    {
        var tokens = new List<int>();
        Add(tokens, text, isFirst: false, special: false);
        return [.. tokens];
    }

    private void Add(List<int> tokens, string text, bool isFirst, bool special)
    {
        foreach (var token in weights.NativeHandle.Tokenize(text, isFirst && weights.Vocab.ShouldAddBOS, special, Encoding.UTF8)) tokens.Add((int)token);
    }

    private string Fill(IReadOnlyList<ChatMessage> messages)
    {
        try
        {
            var template = new LLamaTemplate(weights.NativeHandle) { AddAssistant = true };
            foreach (var message in messages) template.Add(message.Role, stand);
            return Encoding.UTF8.GetString(template.Apply());
        }
        catch (Exception e) when (e is LLama.Exceptions.TemplateNotFoundException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException("expected a chat model with a chat template that llama.cpp knows", e);
        }
    }
}
