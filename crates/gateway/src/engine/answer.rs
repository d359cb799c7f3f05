//! Answers of a simulated engine, in the words of each API.

use serde_json::{Value, json};

use super::{Making, word};
use crate::api::Surface;

impl Making {
    /// All of it at once.
    pub(super) fn whole(&self) -> Value {
        let text: String = (0..self.wish.output).map(word).collect();
        let (id, model) = (&self.id, &self.model);
        match self.surface {
            Surface::Chat => json!({
                "id": id, "object": "chat.completion", "created": 0, "model": model,
                "choices": [{"index": 0, "finish_reason": "length",
                             "message": {"role": "assistant", "content": text}}],
                "usage": self.usage(self.wish.output),
            }),
            Surface::Completions => json!({
                "id": id, "object": "text_completion", "created": 0, "model": model,
                "choices": [{"index": 0, "finish_reason": "length", "text": text}],
                "usage": self.usage(self.wish.output),
            }),
            Surface::Embeddings => json!({
                "object": "list", "model": model,
                "data": [{"object": "embedding", "index": 0, "embedding": [0, 0, 0, 1]}],
                "usage": {"prompt_tokens": self.wish.input, "total_tokens": self.wish.input},
            }),
            Surface::Responses => self.response("completed", &text),
            Surface::Messages => json!({
                "id": id, "type": "message", "role": "assistant", "model": model,
                "content": [{"type": "text", "text": text}],
                "stop_reason": "max_tokens", "stop_sequence": null,
                "usage": self.usage(self.wish.output),
            }),
            Surface::CountTokens => json!({"input_tokens": self.wish.input}),
        }
    }

    /// What comes before the first token of a stream.
    pub(super) fn opening(&self) -> String {
        match self.surface {
            Surface::Messages => {
                let message = json!({
                    "id": self.id, "type": "message", "role": "assistant", "model": self.model,
                    "content": [], "stop_reason": null, "stop_sequence": null,
                    "usage": self.usage(1),
                });
                let block = json!({"type": "text", "text": ""});
                named("message_start", json!({"message": message}))
                    + &named("content_block_start", json!({"index": 0, "content_block": block}))
            }
            Surface::Responses => {
                named("response.created", json!({"response": self.response("in_progress", "")}))
            }
            _ => String::new(),
        }
    }

    /// The `n`th token of a stream, from 0.
    pub(super) fn token(&self, n: u64) -> String {
        let text = word(n);
        match self.surface {
            Surface::Messages => named(
                "content_block_delta",
                json!({"index": 0, "delta": {"type": "text_delta", "text": text}}),
            ),
            Surface::Responses => named(
                "response.output_text.delta",
                json!({"item_id": "msg_0", "output_index": 0, "content_index": 0, "delta": text}),
            ),
            _ => {
                let last = n + 1 == self.wish.output;
                let finish = if last { json!("length") } else { Value::Null };
                let mut choice = json!({"index": 0, "finish_reason": finish});
                if self.surface == Surface::Completions {
                    choice["text"] = text.into();
                } else {
                    choice["delta"] = json!({"role": "assistant", "content": text});
                }
                let usage = if self.wish.each { self.usage(n + 1) } else { Value::Null };
                self.chunk(&json!([choice]), usage)
            }
        }
    }

    /// What comes after the last token of a stream.
    pub(super) fn closing(&self) -> String {
        let made = self.wish.output;
        match self.surface {
            Surface::Messages => {
                let delta = json!({"stop_reason": "max_tokens", "stop_sequence": null});
                let usage = json!({"output_tokens": made});
                named("content_block_stop", json!({"index": 0}))
                    + &named("message_delta", json!({"delta": delta, "usage": usage}))
                    + &named("message_stop", json!({}))
            }
            Surface::Responses => {
                let text: String = (0..made).map(word).collect();
                let response = self.response("completed", &text);
                named("response.completed", json!({"response": response}))
            }
            _ if self.wish.usage => self.chunk(&json!([]), self.usage(made)) + "data: [DONE]\n\n",
            _ => "data: [DONE]\n\n".to_owned(),
        }
    }

    fn usage(&self, made: u64) -> Value {
        let input = self.wish.input;
        match self.surface {
            Surface::Messages | Surface::Responses => json!({
                "input_tokens": input, "output_tokens": made, "total_tokens": input + made,
            }),
            _ => json!({
                "prompt_tokens": input, "completion_tokens": made, "total_tokens": input + made,
            }),
        }
    }

    fn chunk(&self, choices: &Value, usage: Value) -> String {
        let object = if self.surface == Surface::Completions {
            "text_completion"
        } else {
            "chat.completion.chunk"
        };
        let mut chunk = json!({
            "id": self.id, "object": object, "created": 0, "model": self.model, "choices": choices,
        });
        if !usage.is_null() {
            chunk["usage"] = usage;
        }
        format!("data: {chunk}\n\n")
    }

    fn response(&self, status: &str, text: &str) -> Value {
        let content = json!([{"type": "output_text", "text": text, "annotations": []}]);
        let message = json!({
            "id": "msg_0", "type": "message", "role": "assistant", "status": status,
            "content": content,
        });
        let done = status == "completed";
        json!({
            "id": self.id, "object": "response", "created_at": 0, "status": status,
            "model": self.model, "output": if done { json!([message]) } else { json!([]) },
            "parallel_tool_calls": false, "tool_choice": "auto", "tools": [],
            "usage": if done { self.usage(self.wish.output) } else { Value::Null },
        })
    }
}

/// An event that says what it is in its name and in its data.
fn named(name: &str, mut data: Value) -> String {
    data["type"] = name.into();
    format!("event: {name}\ndata: {data}\n\n")
}
