using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tppo.Cli.Models;
using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Tokenizing;

namespace Tppo.Cli.Inspect;

/// <summary><c>tppo inspect logits|tokens</c>: what a model's folder makes of tokens, and its tokenizer of a text; by the trainer's own code.</summary>
internal static class ModelCommands
{
    public static Command Logits()
    {
        var (model, tokens) = (Folder(), new Option<string>("--tokens") { Description = "Ids of tokens, with commas between.", Required = true });
        var command = new Command("logits", "What a model expects behind each of some tokens: {\"logits\": [[…], …]}, a row a position.") { model, tokens };
        command.SetAction(parsed =>
        {
            var ids = Ids(parsed.GetValue(tokens)!);
            var folder = parsed.GetValue(model)!.FullName;
            var settings = new RunSettings();
            TorchRuntime.Start(settings.Numerics, settings.Threads);
            using var decoder = ModelChoice.Opened(folder, () => ModelFolder.Read(folder, DecoderHead.None));
            var positions = decoder.Settings.PromptTokensMax + 1 + decoder.Settings.ResponseTokensMax;
            if (ids.Length > positions) throw new UserException($"--tokens: expected at most {positions} tokens, found {ids.Length}");
            var logits = OfTokens(decoder, ids);
            Write(json =>
            {
                json.WriteStartArray("logits");
                foreach (var row in logits)
                {
                    json.WriteStartArray();
                    foreach (var logit in row) json.WriteNumberValue(logit);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
            });
            return Exit.Done;
        });
        return command;
    }

    public static Command Tokens()
    {
        var (model, text) = (Folder(), new Option<string>("--text") { Description = "The text; special tokens in it are plain text.", Required = true });
        var command = new Command("tokens", "A text as a model's tokens: {\"ids\", \"bytes\": [hex], \"spans\": [[start, end], …]}.") { model, text };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(model)!.FullName;
            var tokenizer = ModelChoice.Opened(folder, () => Tokenizer.OfFolder(folder));
            var ids = tokenizer.Encode(parsed.GetValue(text)!);
            Write(json =>
            {
                json.WriteStartArray("ids");
                foreach (var id in ids) json.WriteNumberValue(id);
                json.WriteEndArray();
                json.WriteStartArray("bytes");
                foreach (var id in ids) json.WriteStringValue(Convert.ToHexStringLower(tokenizer.Bytes(id)));
                json.WriteEndArray();
                json.WriteStartArray("spans");
                // A space that the tokenizer puts before the text is none of its bytes.
                var end = -tokenizer.SpacesBefore;
                foreach (var id in ids)
                {
                    json.WriteStartArray();
                    json.WriteNumberValue(Math.Max(0, end));
                    json.WriteNumberValue(Math.Max(0, end += tokenizer.Bytes(id).Length));
                    json.WriteEndArray();
                }

                json.WriteEndArray();
            });
            return Exit.Done;
        });
        return command;
    }

    private static Option<DirectoryInfo> Folder() =>
        new("--model") { Description = "A model's folder, as the transformers library writes it; a checkpoint is one.", Required = true };

    private static int[] Ids(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var other = Array.Find(parts, part => !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (other is not null) throw new UserException($"--tokens: expected whole numbers with commas between, found \"{Printable.Short(other)}\"");
        return [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
    }

    private static IReadOnlyList<float[]> OfTokens(Decoder decoder, int[] ids)
    {
        try
        {
            return NextTokens.Logits(decoder, ids);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new UserException($"--tokens: expected ids from 0 to {decoder.Settings.Vocabulary - 1}, found {e.ActualValue}", e);
        }
    }

    private static void Write(Action<Utf8JsonWriter> write)
    {
        using var output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }
}
