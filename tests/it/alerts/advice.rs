//! Commands that messages advise exist.

use agendad::alerts::Rule;
use agendad::cli::Cli;
use agendad::words::Sentence;
use agendad::words::rule::cure;
use clap::CommandFactory;

#[test]
fn commands_that_messages_advise_exist() {
    let program = Cli::command();
    let mut advised = 0;
    for &rule in Rule::ALL {
        let Sentence { pt, en } = cure(rule);
        let advices = [pt, en].into_iter();
        for advice in advices.flat_map(|cure| cure.split("agendad ").skip(1)) {
            let mut words = advice.split([' ', ':', '.', ',', ')', '(']);
            let Some(command) = words.next().and_then(|word| program.find_subcommand(word)) else {
                // "avise quem cuida do agendad."
                continue;
            };
            advised += 1;
            let mut command = command;
            for word in words.take_while(|word| !word.is_empty()) {
                if let Some(option) = word.strip_prefix("--") {
                    let mut known = command.get_arguments().filter_map(clap::Arg::get_long);
                    assert!(
                        known.any(|known| known == option),
                        "{}: {advice}",
                        rule.key()
                    );
                } else if command.has_subcommands() {
                    let found = command.find_subcommand(word);
                    command = found.unwrap_or_else(|| panic!("{}: {advice}", rule.key()));
                }
            }
        }
    }
    assert!(advised > 20, "{advised}");
}
